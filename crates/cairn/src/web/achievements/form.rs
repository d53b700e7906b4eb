//! The editor's form: what was typed, kept as it was typed, and the definition that it says.

use cairn_domain::definition::{
    Aligned, Basis, Composed, Credit, Criterion, Definition, EvidenceWanted, Picture, Prerequisite, Wrong,
};

/// Most rows of one kind that are read: more than a definition may have, so that too many get their sentence.
const MOST_ROWS: usize = 60;

/// What was sent: names and values in order, and a file.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// Names and values.
    pub all: Vec<(String, String)>,
    /// The picture's bytes, when one was chosen.
    pub file: Vec<u8>,
}

impl Fields {
    /// A value; empty when it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.all.iter().find(|field| field.0 == name).map(|field| field.1.as_str())
    }

    fn trimmed(&self, name: &str) -> String {
        self.get(name).trim().to_owned()
    }

    fn maybe(&self, name: &str) -> Option<String> {
        Some(self.trimmed(name)).filter(|text| !text.is_empty())
    }

    /// How many rows of a kind there are, by a member that every row has.
    fn rows(&self, kind: char, member: &str) -> usize {
        (0..MOST_ROWS).take_while(|n| self.find(&format!("{kind}{n}-{member}")).is_some()).count()
    }
}

/// The form as it was filled in.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The draft's revision that the writer saw; 0 for a new achievement.
    pub revision: u64,
    /// What it says, as far as it can be read.
    pub definition: Definition,
    /// Months of validity.
    pub months: String,
    /// ECTS credits.
    pub ects: String,
    /// EQF level.
    pub eqf: String,
    /// Hours.
    pub hours: String,
    /// Tags, separated by commas.
    pub tags: String,
    /// Whether the picture is an uploaded one.
    pub upload: bool,
    /// The composer.
    pub composed: Composed,
    /// Words searched for.
    pub q: String,
    /// What is wrong.
    pub wrong: Vec<Wrong>,
}

impl Typed {
    /// The form of a definition.
    pub fn of(definition: Definition, revision: u64) -> Typed {
        let credit = definition.credit.clone().unwrap_or_default();
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let picture = definition.picture.clone();
        Typed {
            revision,
            months: definition.valid_months.map(|months| months.to_string()).unwrap_or_default(),
            ects: number(credit.ects),
            eqf: credit.eqf.map(|level| level.to_string()).unwrap_or_default(),
            hours: number(credit.hours),
            tags: definition.tags.join(", "),
            upload: picture.as_ref().is_some_and(|picture| picture.composed.is_none() && !picture.sha256.is_empty()),
            composed: picture.and_then(|picture| picture.composed).unwrap_or_else(first_picture),
            definition,
            ..Typed::default()
        }
    }

    /// The form of a new achievement: one empty criterion, and a picture to begin with.
    pub fn fresh() -> Typed {
        let definition = Definition {
            kind: "MicroCredential".into(),
            language: "en".into(),
            criteria: vec![Criterion::default()],
            ..Definition::default()
        };
        Typed::of(definition, 0)
    }

    /// What was typed.
    pub fn read(fields: &Fields) -> Typed {
        let mut typed = Typed {
            revision: fields.get("revision").parse().unwrap_or(0),
            months: fields.trimmed("months"),
            ects: fields.trimmed("ects"),
            eqf: fields.trimmed("eqf"),
            hours: fields.trimmed("hours"),
            tags: fields.get("tags").to_owned(),
            upload: fields.get("picture") == "upload",
            composed: Composed {
                shape: fields.trimmed("shape"),
                ground: fields.trimmed("ground").to_lowercase(),
                accent: fields.trimmed("accent").to_lowercase(),
                icon: fields.trimmed("icon"),
                words: fields.trimmed("words"),
            },
            q: fields.trimmed("q"),
            ..Typed::default()
        };
        let valid_months = typed.number::<u32>("/valid_months", typed.months.clone(), "a whole number of months");
        let credit = Credit {
            ects: typed.number("/credit/ects", typed.ects.clone(), "a number such as 2.5"),
            eqf: typed.number("/credit/eqf", typed.eqf.clone(), "a level from 1 to 8"),
            hours: typed.number("/credit/hours", typed.hours.clone(), "a number of hours"),
        };
        typed.definition = Definition {
            name: fields.trimmed("name"),
            description: fields.get("description").replace("\r\n", "\n").trim().to_owned(),
            kind: fields.trimmed("kind"),
            language: fields.trimmed("language"),
            criteria: criteria(fields),
            alignments: alignments(fields),
            valid_months,
            credit: (credit != Credit::default()).then_some(credit),
            prerequisites: prerequisites(fields),
            evidence: evidence(fields),
            basis: if fields.get("basis") == "participation" { Basis::Participation } else { Basis::Mastery },
            tags: fields.get("tags").split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect(),
            picture: kept_picture(fields),
        };
        typed
    }

    /// A number as it was typed; a comma may stand for the point. What is none gets a sentence.
    fn number<T: std::str::FromStr>(&mut self, pointer: &str, text: String, what: &str) -> Option<T> {
        if text.is_empty() {
            return None;
        }
        let read = text.replace(',', ".").parse().ok();
        if read.is_none() {
            let shown: String = text.chars().take(40).collect();
            self.wrong.push(Wrong {
                pointer: pointer.into(),
                says: format!("“{shown}” is not {what}. Write one, or leave it empty."),
            });
        }
        read
    }

    /// What is wrong with a member.
    pub fn wrong_at(&self, pointer: &str) -> Option<&str> {
        self.wrong.iter().find(|wrong| wrong.pointer == pointer).map(|wrong| wrong.says.as_str())
    }

    /// What is wrong with a member or with anything in it.
    pub fn wrong_under(&self, pointer: &str) -> Option<&str> {
        let inside = |at: &str| at == pointer || at.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'));
        self.wrong.iter().find(|wrong| inside(&wrong.pointer)).map(|wrong| wrong.says.as_str())
    }

    /// Does what a button inside the form says: rows come and go, everything else stays as it was typed. False for a
    /// button that does not stay on the form.
    pub fn apply(&mut self, action: &str) -> bool {
        let of = &mut self.definition;
        let (verb, rest) = action.split_once(':').unwrap_or((action, ""));
        let at: usize = rest.parse().unwrap_or(usize::MAX);
        match verb {
            "add-criterion" => of.criteria.push(Criterion::default()),
            "remove-criterion" => drop_at(&mut of.criteria, at),
            "up-criterion" if (1..of.criteria.len()).contains(&at) => of.criteria.swap(at - 1, at),
            "up-criterion" => {}
            "add-prerequisite" => of.prerequisites.push(Prerequisite::default()),
            "remove-prerequisite" => drop_at(&mut of.prerequisites, at),
            "add-evidence" => of.evidence.push(EvidenceWanted { required: true, ..EvidenceWanted::default() }),
            "remove-evidence" => drop_at(&mut of.evidence, at),
            "add-alignment" => of.alignments.push(Aligned::default()),
            "remove-alignment" => drop_at(&mut of.alignments, at),
            "align" => {
                if let Ok(one) = serde_json::from_str::<Aligned>(rest)
                    && !of.alignments.iter().any(|other| other.url == one.url)
                {
                    of.alignments.push(one);
                }
            }
            "search" | "look" => {}
            _ => return false,
        }
        true
    }

    /// Rows in which nothing was typed are not kept; criteria and evidence without a short name get one.
    pub fn tidy(&mut self) {
        let of = &mut self.definition;
        of.criteria.retain(|one| !one.statement.is_empty() || !one.levels.is_empty());
        of.prerequisites.retain(|one| !one.name.is_empty() || !one.achievement.is_empty());
        of.evidence.retain(|one| !one.says.is_empty());
        of.alignments.retain(|one| !one.url.is_empty() || !one.name.is_empty());
        for n in 0..of.criteria.len() {
            if of.criteria[n].id.is_empty() {
                let taken: Vec<String> = of.criteria.iter().map(|one| one.id.clone()).collect();
                of.criteria[n].id = short_name(&of.criteria[n].statement, &taken);
            }
        }
        for n in 0..of.evidence.len() {
            if of.evidence[n].id.is_empty() {
                let taken: Vec<String> = of.evidence.iter().map(|one| one.id.clone()).collect();
                of.evidence[n].id = short_name(&of.evidence[n].says, &taken);
            }
        }
    }
}

/// A picture to begin with.
fn first_picture() -> Composed {
    Composed {
        shape: "hexagon".into(),
        ground: "#1f4d4a".into(),
        accent: "#f6e7cf".into(),
        icon: "cairn".into(),
        words: String::new(),
    }
}

fn drop_at<T>(rows: &mut Vec<T>, at: usize) {
    if at < rows.len() {
        rows.remove(at);
    }
}

fn criteria(fields: &Fields) -> Vec<Criterion> {
    let one = |n: usize| Criterion {
        id: fields.trimmed(&format!("c{n}-id")),
        statement: fields.trimmed(&format!("c{n}-statement")),
        levels: lines(fields.get(&format!("c{n}-levels"))),
        required: fields.maybe(&format!("c{n}-required")),
    };
    (0..fields.rows('c', "statement")).map(one).collect()
}

fn alignments(fields: &Fields) -> Vec<Aligned> {
    let one = |n: usize| Aligned {
        url: fields.trimmed(&format!("a{n}-url")),
        name: fields.trimmed(&format!("a{n}-name")),
        code: fields.maybe(&format!("a{n}-code")),
        framework: fields.maybe(&format!("a{n}-framework")),
        kind: fields.maybe(&format!("a{n}-kind")),
    };
    (0..fields.rows('a', "url")).map(one).collect()
}

fn prerequisites(fields: &Fields) -> Vec<Prerequisite> {
    let one = |n: usize| Prerequisite {
        achievement: fields.trimmed(&format!("p{n}-achievement")),
        name: fields.trimmed(&format!("p{n}-name")),
    };
    (0..fields.rows('p', "name")).map(one).collect()
}

fn evidence(fields: &Fields) -> Vec<EvidenceWanted> {
    let one = |n: usize| EvidenceWanted {
        id: fields.trimmed(&format!("e{n}-id")),
        says: fields.trimmed(&format!("e{n}-says")),
        required: fields.get(&format!("e{n}-required")) == "yes",
    };
    (0..fields.rows('e', "says")).map(one).collect()
}

/// The picture that is kept already, with what is typed about it.
fn kept_picture(fields: &Fields) -> Option<Picture> {
    let (sha256, alt) = (fields.trimmed("sha256"), fields.trimmed("alt"));
    (!sha256.is_empty() || !alt.is_empty()).then_some(Picture { sha256, alt, composed: None })
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// A short name from the first words of a sentence, not yet taken.
fn short_name(sentence: &str, taken: &[String]) -> String {
    let mut name = String::new();
    for word in sentence.to_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if name.len() + word.len() > 30 {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(word);
    }
    if name.is_empty() {
        name.push_str("part");
    }
    let mut unique = name.clone();
    let mut n = 2;
    while taken.contains(&unique) {
        unique = format!("{name}-{n}");
        n += 1;
    }
    unique
}
