//! Pictures that the site keeps, by the hash of their bytes.

use jiff::Timestamp;

use crate::rows::{Arg, millis};
use crate::{Store, StoreFault, Tx};

impl Tx {
    /// Keeps a picture; keeping it twice changes nothing. `sha256` is lower-case hex.
    pub async fn insert_picture(
        &mut self,
        sha256: &str,
        media_type: &str,
        bytes: &[u8],
        at: Timestamp,
    ) -> Result<(), StoreFault> {
        let sql = "insert into picture (sha256, media_type, bytes, created_at) values ($1, $2, $3, $4) \
                   on conflict (sha256) do nothing";
        self.run(sql, &[Arg::Text(sha256), Arg::Text(media_type), Arg::Bytes(bytes), Arg::Int(millis(at))]).await?;
        Ok(())
    }
}

impl Store {
    /// A picture's media type and bytes.
    pub async fn find_picture(&self, sha256: &str) -> Result<Option<(String, Vec<u8>)>, StoreFault> {
        let sql = "select media_type, bytes from picture where sha256 = $1";
        let row = self.row(sql, &[Arg::Text(sha256)]).await?;
        row.map(|row| Ok((row.text(0)?, row.bytes(1)?))).transpose()
    }
}
