//! A small N-Quads reader for test vectors.

use oxrdf::*;

pub fn parse(text: &str) -> Vec<Quad> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(quad).collect()
}

fn quad(line: &str) -> Quad {
    let mut rest = line;
    let subject = match term(&mut rest) {
        Term::NamedNode(node) => NamedOrBlankNode::from(node),
        Term::BlankNode(node) => node.into(),
        other => panic!("subject {other} in {line}"),
    };
    let Term::NamedNode(predicate) = term(&mut rest) else { panic!("predicate in {line}") };
    let object = term(&mut rest);
    rest = rest.trim_start();
    let graph = match rest.starts_with('.') {
        true => GraphName::DefaultGraph,
        false => match term(&mut rest) {
            Term::NamedNode(node) => node.into(),
            Term::BlankNode(node) => node.into(),
            other => panic!("graph {other} in {line}"),
        },
    };
    Quad::new(subject, predicate, object, graph)
}

fn term(rest: &mut &str) -> Term {
    *rest = rest.trim_start();
    if rest.starts_with('<') {
        return NamedNode::new_unchecked(iri(rest)).into();
    }
    if let Some(after) = rest.strip_prefix("_:") {
        let end = after.find(|c: char| c.is_whitespace()).unwrap_or(after.len());
        let (name, after) = after.split_at(end);
        *rest = after;
        return BlankNode::new_unchecked(name.trim_end_matches('.')).into();
    }
    let after = rest.strip_prefix('"').unwrap_or_else(|| panic!("a term at {rest}"));
    let mut end = 0;
    let bytes = after.as_bytes();
    while bytes[end] != b'"' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    let value = unescape(&after[..end]);
    *rest = &after[end + 1..];
    if let Some(after) = rest.strip_prefix('@') {
        let end = after.find(|c: char| c.is_whitespace()).unwrap_or(after.len());
        let (tag, after) = after.split_at(end);
        *rest = after;
        return Literal::new_language_tagged_literal_unchecked(value, tag.to_owned()).into();
    }
    if let Some(after) = rest.strip_prefix("^^") {
        *rest = after;
        return Literal::new_typed_literal(value, NamedNode::new_unchecked(iri(rest))).into();
    }
    Literal::new_simple_literal(value).into()
}

fn iri(rest: &mut &str) -> String {
    let (iri, after) = rest[1..].split_once('>').expect("an IRI ends with >");
    *rest = after;
    unescape(iri)
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let next = chars.clone().next().unwrap();
        if next == 'u' || next == 'U' {
            let mut ahead = chars.clone();
            ahead.next();
            let hex: String = ahead.by_ref().take(if next == 'u' { 4 } else { 8 }).collect();
            out.push(char::from_u32(u32::from_str_radix(&hex, 16).unwrap()).unwrap());
            chars = ahead;
            continue;
        }
        chars.next();
        out.push(match next {
            't' => '\t',
            'b' => '\u{8}',
            'n' => '\n',
            'r' => '\r',
            'f' => '\u{c}',
            other => other,
        });
    }
    out
}
