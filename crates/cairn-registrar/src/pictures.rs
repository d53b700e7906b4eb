//! Pictures that the site keeps and serves under the hash of their bytes.

use crate::Office;
use crate::refusal::Trouble;

impl Office {
    /// A picture's media type and bytes; `None` when the site has none of this SHA-256.
    pub async fn picture(&self, sha256: &str) -> Result<Option<(String, Vec<u8>)>, Trouble> {
        Ok(self.desk.store.find_picture(sha256).await?)
    }
}
