//! API tokens: made, used, warned about, withdrawn.

use crate::Office;
use crate::access::Actor;
use crate::refusal::{Refusal, Trouble};

impl Office {
    /// Who acts by an API token; a refusal (`bad-token`) that says why when it is not good.
    pub async fn actor_by_token(&self, _token: &str) -> Result<Actor, Trouble> {
        Err(Refusal::new("bad-token", "This site has given out no such token.").into())
    }
}
