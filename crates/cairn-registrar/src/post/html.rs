//! A letter as HTML: plain, inline, readable in the dark; no pictures, nothing that is fetched, nothing that tells
//! whether it was opened.

use super::Writing;

/// The whole letter.
pub(super) fn page(writing: &Writing, off: Option<&str>) -> String {
    let mut body = String::new();
    for paragraph in &writing.paragraphs {
        let lines: Vec<String> = paragraph.lines().map(escaped).collect();
        body += &format!("<p style=\"margin:0 0 1em\">{}</p>\n", lines.join("<br>\n"));
    }
    if let Some((label, address)) = &writing.link {
        let (label, address) = (escaped(label), escaped(address));
        body += &format!(
            "<p style=\"margin:1.5em 0\"><a class=\"press\" href=\"{address}\" style=\"display:inline-block;\
             padding:.7em 1.2em;background:#8c3d12;color:#ffffff;border-radius:.4em;text-decoration:none;\
             font-weight:600\">{label}</a></p>\n<p class=\"soft\" style=\"margin:0 0 1em;font-size:.85em;\
             color:#5c5850\">Or copy this address: <span style=\"word-break:break-all\">{address}</span></p>\n"
        );
    }
    let mut foot = escaped(&writing.why);
    if let Some(address) = off {
        foot +=
            &format!("<br>\n<a href=\"{}\" style=\"color:inherit\">No more letters of this kind</a>", escaped(address));
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta \
         name=\"supported-color-schemes\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body style=\"margin:0;padding:1.5em;background:#faf8f3;color:#24221e;font:16px/1.5 Georgia,serif\">\n\
         <div class=\"sheet\" style=\"max-width:34em;margin:0 auto;padding:1.5em;background:#ffffff;\
         border:1px solid #e4dfd3;border-radius:.6em\">\n{body}<p class=\"soft\" style=\"margin:2em 0 0;padding-top:1em;\
         border-top:1px solid #e4dfd3;font-size:.85em;color:#5c5850\">{foot}</p>\n</div>\n</body>\n</html>\n",
        title = escaped(&writing.subject),
    )
}

const STYLE: &str = ":root{color-scheme:light dark}\n@media (prefers-color-scheme:dark){\nbody{background:#1b1a17!important;\
                     color:#ece8de!important}\n.sheet{background:#24221e!important;border-color:#3b382f!important}\n\
                     .soft{color:#b3ac9c!important;border-color:#3b382f!important}\n\
                     .press{background:#eb9a63!important;color:#24130a!important}\n}\n";

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strange_words_stay_words() {
        let evil = "<img src=x onerror=alert(1)>\"'&";
        let writing = Writing {
            subject: evil.into(),
            paragraphs: vec![format!("one\n{evil}")],
            link: Some((evil.into(), format!("https://badges.example/?a=\"{evil}"))),
            why: evil.into(),
            ..Writing::default()
        };
        let html = page(&writing, Some("https://badges.example/letters/unsubscribe/x"));
        assert!(!html.contains("<img") && !html.contains("\"<"), "{html}");
        assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;"));
        assert!(!html.contains("src=\"") && !html.contains("url("), "nothing is fetched");
        assert!(html.contains("prefers-color-scheme:dark"));
    }
}
