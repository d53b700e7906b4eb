//! E-mail addresses, in the one form in which they are compared.

/// An address trimmed and in lower case; `None` when it cannot be one (RFC 5321 limits, no quoted or commented forms).
pub fn read(text: &str) -> Option<String> {
    let text = text.trim();
    let (name, host) = text.split_once('@')?;
    let strange = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"' | '@');
    let label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    let fine = text.len() <= 254
        && (1..=64).contains(&name.len())
        && host.contains('.')
        && host.split('.').all(label)
        && !name.chars().chain(host.chars()).any(strange);
    fine.then(|| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_letter_can_reach() {
        assert_eq!(read(" Maya.Okafor@Learner.Example ").as_deref(), Some("maya.okafor@learner.example"));
        assert_eq!(read("ünïcode@bücher.example").as_deref(), Some("ünïcode@bücher.example"));
        for bad in
            ["", "maya", "@b.example", "a@b", "a@b..c", "a@.b", "a@b.", "a@b@c.d", "a b@c.d", "a@-b.c", "<a@b.c>"]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
