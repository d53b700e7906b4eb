//! The mail server, spoken to by lettre. The only file that knows it.

use std::time::Duration;

use cairn_store::Letter;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use url::Url;

use crate::refusal::Refusal;

/// How long the server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one letter may take in all; less than it is leased for.
const PATIENCE_FOR_ONE: Duration = Duration::from_secs(90);

/// A mail server and from whom letters come.
#[derive(Clone)]
pub(super) struct Server {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// What stands behind the @ of a Message-ID.
    host: String,
}

/// Why a letter was not taken.
#[derive(Debug)]
pub(super) enum NotTaken {
    /// The server cannot be spoken to at all: the letter has nothing to do with it.
    Away(String),
    /// It may be taken later.
    Later(String),
    /// It never will be.
    Never(String),
}

impl Server {
    /// Reads the address of a mail server: `smtp://` (STARTTLS), `smtps://` (TLS), `smtp+plain://` (neither), each with
    /// `USER:PASSWORD@` before the host where one is needed.
    pub fn open(address: &str, from: Option<&str>, base_url: &str) -> Result<Server, Refusal> {
        let no = |says: &str| Refusal::new("bad-smtp", says.to_owned());
        let url = Url::parse(address).map_err(|_| {
            no("The mail server's address cannot be read. Write smtp://USER:PASSWORD@HOST:PORT, or smtps:// or \
                smtp+plain:// in place of smtp://; signs such as @ in the password as %40.")
        })?;
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or_else(|| no("The mail server's address names no host. Write smtp://USER:PASSWORD@HOST:PORT."))?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let unusable = |_| no("The mail server's name is none that a certificate could have.");
        type Transport = AsyncSmtpTransport<Tokio1Executor>;
        let builder = match url.scheme() {
            "smtp" => Transport::starttls_relay(bare).map_err(unusable)?,
            "smtps" => Transport::relay(bare).map_err(unusable)?,
            "smtp+plain" => Transport::builder_dangerous(bare),
            _ => return Err(no("The mail server's address begins with none of smtp://, smtps:// and smtp+plain://.")),
        };
        let builder = match url.port() {
            Some(port) => builder.port(port),
            None => builder,
        };
        let decoded = |text: &str| {
            percent_decoded(text).ok_or_else(|| {
                no("The user name or password of the mail \
            server's address is not UTF-8 after its %-signs are read.")
            })
        };
        let builder = match (url.username(), url.password()) {
            ("", None) => builder,
            (user, password) => {
                builder.credentials(Credentials::new(decoded(user)?, decoded(password.unwrap_or_default())?))
            }
        };
        let site = site_host(base_url);
        let from = match from {
            Some(from) => from.parse().map_err(|_| {
                Refusal::new("bad-mail-from", "The sender of letters is no address. Write: Cairn <badges@example.edu>")
            })?,
            None => format!("Cairn <cairn@{site}>").parse().map_err(|_| {
                let says = "No sender of letters can be made of the site's address. Say who sends them (--mail-from).";
                Refusal::new("bad-mail-from", says)
            })?,
        };
        let pool = PoolConfig::new().max_size(2).idle_timeout(Duration::from_secs(30));
        let transport = builder.timeout(Some(PATIENCE)).pool_config(pool).build();
        Ok(Server { transport, from, host: site })
    }

    /// Hands a letter over. Its Message-ID is the same each time, so that a mailbox that gets it twice can tell.
    pub async fn hand_over(&self, letter: &Letter, unsubscribe: Option<&str>) -> Result<(), NotTaken> {
        let message = self.message(letter, unsubscribe).map_err(NotTaken::Never)?;
        let away = |error: lettre::transport::smtp::Error| NotTaken::Away(said(&error));
        let exchange = async {
            // What goes wrong before the letter is spoken of (no connection, no TLS, a password that is refused) is
            // not the letter's fault, whatever number the server gives it.
            match self.transport.test_connection().await {
                Ok(true) => {}
                Ok(false) => return Err(NotTaken::Away("the connection was lost".into())),
                Err(error) => return Err(away(error)),
            }
            match self.transport.send(message).await {
                Ok(_) => Ok(()),
                Err(error) if error.status().is_some_and(|code| is_ours(u16::from(code))) => Err(away(error)),
                Err(error) if error.is_permanent() => Err(NotTaken::Never(said(&error))),
                Err(error) if error.is_transient() => Err(NotTaken::Later(said(&error))),
                Err(error) => Err(away(error)),
            }
        };
        match tokio::time::timeout(PATIENCE_FOR_ONE, exchange).await {
            Ok(taken) => taken,
            Err(_) => Err(NotTaken::Away("the server took too long".into())),
        }
    }

    fn message(&self, letter: &Letter, unsubscribe: Option<&str>) -> Result<Message, String> {
        let to: Mailbox = letter.to.parse().map_err(|_| "The address is none that can be written to.".to_owned())?;
        // a line break in a subject would begin another header; lettre folds and encodes the rest
        let subject: String = letter.subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .message_id(Some(format!("<{}@{}>", letter.id, self.host)))
            .header(Auto);
        if let Some(address) = unsubscribe {
            builder = builder.header(Unsubscribe(address.into())).header(OneClick);
        }
        let made = match &letter.html {
            Some(html) => builder.multipart(MultiPart::alternative_plain_html(letter.words.clone(), html.clone())),
            None => builder.singlepart(SinglePart::plain(letter.words.clone())),
        };
        made.map_err(|error| format!("The letter cannot be put into the form of mail: {error}."))
    }
}

/// Codes that speak of this site's own account at the server: authentication (RFC 4954 §6).
fn is_ours(code: u16) -> bool {
    matches!(code, 421 | 454 | 530 | 534 | 535 | 538)
}

/// What went wrong, in one line without addresses: servers repeat them, and problems are shown and logged.
fn said(error: &lettre::transport::smtp::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    let mut told = error.to_string();
    while let Some(deeper) = cause.source() {
        cause = deeper;
        told += &format!(": {deeper}");
    }
    let words: Vec<&str> =
        told.split_whitespace().map(|word| if word.contains('@') { "(address)" } else { word }).collect();
    words.join(" ").chars().take(300).collect()
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// The site's name; `localhost` where it has only a number.
fn site_host(base_url: &str) -> String {
    let domain = Url::parse(base_url).ok().and_then(|url| url.domain().map(str::to_owned));
    domain.unwrap_or_else(|| "localhost".into())
}

/// No holiday notes in answer (RFC 3834 §5).
#[derive(Debug, Clone)]
struct Auto;

impl Header for Auto {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Auto)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".into())
    }
}

/// Where letters of this kind are turned off (RFC 2369 §3.2).
#[derive(Debug, Clone)]
struct Unsubscribe(String);

impl Header for Unsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Unsubscribe(text.trim_matches(['<', '>']).to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), format!("<{}>", self.0))
    }
}

/// A mail program may do it at one press (RFC 8058 §3.1).
#[derive(Debug, Clone)]
struct OneClick;

impl Header for OneClick {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(OneClick)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // the pool wants a runtime to be there
    #[tokio::test]
    async fn addresses_of_mail_servers_are_read_or_refused_in_a_sentence() {
        let base = "https://badges.example";
        for good in ["smtp://mail.example", "smtps://u:p%40ss@mail.example:465", "smtp+plain://127.0.0.1:2525"] {
            assert!(Server::open(good, None, base).is_ok(), "{good}");
        }
        for bad in ["mail.example:25", "http://mail.example", "smtp://", "smtp://u:%ff@mail.example", ""] {
            let refusal = Server::open(bad, None, base).err().unwrap_or_else(|| panic!("`{bad}` was taken"));
            assert_eq!(refusal.code, "bad-smtp", "{bad}");
            assert!(!refusal.says.contains("%ff"), "a password is not repeated");
        }
        assert_eq!(Server::open("smtp://m", Some("nobody"), base).err().map(|no| no.code), Some("bad-mail-from"));
        assert_eq!(percent_decoded("a%40b%").as_deref(), Some("a@b%"));
        assert_eq!(percent_decoded("%zz"), None);
    }
}
