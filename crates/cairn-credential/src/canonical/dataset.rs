//! RDFC-1.0 by `rdf-canon`, with a limit on the work that a stranger's graph may cause.

use std::collections::{BTreeMap, HashMap};

use oxrdf::{GraphName, NamedOrBlankNode, Quad, Term};
use oxrdf_for_rdf_canon as old;
use rdf_canon::CanonicalizationOptions;

use super::Uncanonical;

/// Most calls of Hash N-Degree Quads (RDFC-1.0 §4.8); a real badge needs a few dozen.
const MOST_HNDQ_CALLS: usize = 4_000;
/// Most steps of all those calls together: orders of blank nodes that look alike.
const MOST_WORK: usize = 2_000_000;

/// RDFC-1.0 with a limit on its work.
pub fn rdfc(quads: &[Quad]) -> Result<String, Uncanonical> {
    let (bridged, _, options) = ready_for_rdf_canon(quads)?;
    rdf_canon::canonicalize_quads_with::<sha2_for_rdf_canon::Sha256>(&bridged, &options).map_err(|_| poison())
}

/// The canonical names that RDFC-1.0 gives to blank nodes (its "issued identifiers map").
pub fn canonical_names(quads: &[Quad]) -> Result<BTreeMap<String, String>, Uncanonical> {
    let (bridged, names, options) = ready_for_rdf_canon(quads)?;
    let issued = rdf_canon::issue_quads_with::<sha2_for_rdf_canon::Sha256>(&bridged, &options).map_err(|_| poison())?;
    Ok(names.into_iter().filter_map(|(ours, theirs)| Some((ours, issued.get(theirs.as_str())?.clone()))).collect())
}

fn poison() -> Uncanonical {
    let says = "The document's graph is made so that bringing it into canonical form would take unreasonable work.";
    Uncanonical::Refused { code: "poison-graph", says: says.into() }
}

type Bridged = (Vec<old::Quad>, HashMap<String, old::BlankNode>, CanonicalizationOptions);

fn ready_for_rdf_canon(quads: &[Quad]) -> Result<Bridged, Uncanonical> {
    let calls = MOST_WORK / heaviest_call(quads);
    if calls < 16 {
        return Err(poison());
    }
    let mut names = HashMap::new();
    let bridged = quads.iter().map(|quad| bridge(quad, &mut names)).collect();
    Ok((bridged, names, CanonicalizationOptions { hndq_call_limit: Some(calls.min(MOST_HNDQ_CALLS)) }))
}

/// Steps of the dearest call of Hash N-Degree Quads: it tries every order of related nodes that look alike,
/// and a node counts once for each statement that relates it.
fn heaviest_call(quads: &[Quad]) -> usize {
    let looks = looks_of_blank_nodes(quads);
    let mut alike = HashMap::<&str, usize>::new();
    looks.values().for_each(|look| *alike.entry(look).or_default() += 1);
    // node -> how it is related, and to what look -> how often
    let mut groups = HashMap::<&str, HashMap<(char, &str, &str), usize>>::new();
    for quad in quads {
        let places = blank_places(quad);
        for &(_, node) in &places {
            if alike.get(looks[node].as_str()).is_none_or(|count| *count < 2) {
                continue;
            }
            for &(position, other) in places.iter().filter(|(_, other)| *other != node) {
                let predicate = if position == 'g' { "" } else { quad.predicate.as_str() };
                let look = looks[other].as_str();
                let related = if alike[look] > 1 { look } else { other };
                *groups.entry(node).or_default().entry((position, predicate, related)).or_default() += 1;
            }
        }
    }
    let cost = |count: usize| (1..=count).fold(count, |product, factor| product.saturating_mul(factor));
    groups
        .values()
        .map(|group| group.values().map(|count| cost(*count)).fold(0, usize::saturating_add))
        .max()
        .unwrap_or(1)
        .max(1)
}

/// What each blank node looks like to its own statements (RDFC-1.0 §4.6, before hashing).
fn looks_of_blank_nodes(quads: &[Quad]) -> HashMap<&str, String> {
    let mut statements = HashMap::<&str, Vec<String>>::new();
    for quad in quads {
        for (_, node) in blank_places(quad) {
            let seen = |position: char, text: String, blank: Option<&str>| match blank {
                Some(name) if name == node => format!("{position}=_:a"),
                Some(_) => format!("{position}=_:z"),
                None => format!("{position}={text}"),
            };
            let (s, o, g) = blanks(quad);
            statements.entry(node).or_default().push(format!(
                "{} {} {} {}",
                seen('s', quad.subject.to_string(), s),
                quad.predicate,
                seen('o', quad.object.to_string(), o),
                seen('g', quad.graph_name.to_string(), g)
            ));
        }
    }
    statements
        .into_iter()
        .map(|(node, mut lines)| {
            lines.sort();
            lines.dedup();
            (node, lines.join("\n"))
        })
        .collect()
}

fn blanks(quad: &Quad) -> (Option<&str>, Option<&str>, Option<&str>) {
    let subject = match &quad.subject {
        NamedOrBlankNode::BlankNode(node) => Some(node.as_str()),
        _ => None,
    };
    let object = match &quad.object {
        Term::BlankNode(node) => Some(node.as_str()),
        _ => None,
    };
    let graph = match &quad.graph_name {
        GraphName::BlankNode(node) => Some(node.as_str()),
        _ => None,
    };
    (subject, object, graph)
}

fn blank_places(quad: &Quad) -> Vec<(char, &str)> {
    let (s, o, g) = blanks(quad);
    [('s', s), ('o', o), ('g', g)].into_iter().filter_map(|(position, node)| Some((position, node?))).collect()
}

/// The same quad in the older `oxrdf` that `rdf-canon` speaks, blank nodes renamed in order of appearance.
fn bridge(quad: &Quad, names: &mut HashMap<String, old::BlankNode>) -> old::Quad {
    let mut blank = |name: &str| -> old::BlankNode {
        let next = names.len();
        names.entry(name.to_owned()).or_insert_with(|| old::BlankNode::new_unchecked(format!("b{next}"))).clone()
    };
    let named = |iri: &str| old::NamedNode::new_unchecked(iri);
    let subject: old::Subject = match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => named(node.as_str()).into(),
        NamedOrBlankNode::BlankNode(node) => blank(node.as_str()).into(),
    };
    let object: old::Term = match &quad.object {
        Term::NamedNode(node) => named(node.as_str()).into(),
        Term::BlankNode(node) => blank(node.as_str()).into(),
        Term::Literal(literal) => match literal.language() {
            Some(tag) => old::Literal::new_language_tagged_literal_unchecked(literal.value(), tag).into(),
            None => old::Literal::new_typed_literal(literal.value(), named(literal.datatype().as_str())).into(),
        },
    };
    let graph: old::GraphName = match &quad.graph_name {
        GraphName::DefaultGraph => old::GraphName::DefaultGraph,
        GraphName::NamedNode(node) => named(node.as_str()).into(),
        GraphName::BlankNode(node) => blank(node.as_str()).into(),
    };
    old::Quad::new(subject, named(quad.predicate.as_str()), object, graph)
}
