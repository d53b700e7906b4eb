//! Which language a text is written in: by its small words first, by its letters where those say nothing.

use crate::reading::Language;

/// Shortest text whose language is judged, in bytes.
const TELLING: usize = 60;
/// The first bytes tell the language as well as all of them.
const HEAD: usize = 20_000;
/// Share of small words above which a text is in their language; running text has three times as many.
const SHARE: f32 = 0.12;

/// Small words by language. Those that two of these languages share are left out.
const SMALL: &[(&str, &str, &[&str])] = &[
    (
        "en",
        "English",
        &[
            "the",
            "and",
            "of",
            "with",
            "to",
            "you",
            "we",
            "for",
            "our",
            "is",
            "are",
            "will",
            "your",
            "or",
            "this",
            "that",
            "have",
            "as",
            "on",
            "by",
            "be",
            "at",
            "from",
            "experience",
            "skills",
            "knowledge",
        ],
    ),
    (
        "de",
        "German",
        &[
            "und",
            "der",
            "die",
            "das",
            "mit",
            "für",
            "sie",
            "wir",
            "ein",
            "eine",
            "im",
            "von",
            "zu",
            "den",
            "dem",
            "ist",
            "sind",
            "auf",
            "bei",
            "oder",
            "unser",
            "unsere",
            "dich",
            "du",
            "ihr",
            "ihre",
            "sowie",
            "nicht",
            "als",
            "auch",
            "einer",
            "einen",
            "zur",
            "zum",
            "kenntnisse",
            "erfahrung",
        ],
    ),
    (
        "fr",
        "French",
        &[
            "le",
            "les",
            "et",
            "des",
            "du",
            "une",
            "dans",
            "pour",
            "vous",
            "nous",
            "avec",
            "sur",
            "au",
            "aux",
            "votre",
            "vos",
            "notre",
            "nos",
            "est",
            "sont",
            "ou",
            "qui",
            "que",
            "vos",
            "par",
            "ainsi",
            "êtes",
            "avez",
            "expérience",
        ],
    ),
    (
        "es",
        "Spanish",
        &[
            "el",
            "los",
            "las",
            "y",
            "con",
            "para",
            "una",
            "del",
            "por",
            "su",
            "nuestro",
            "nuestra",
            "somos",
            "tu",
            "se",
            "al",
            "como",
            "más",
            "experiencia",
            "conocimientos",
            "que",
            "es",
            "o",
            "años",
            "buscamos",
            "trabajo",
        ],
    ),
    (
        "nl",
        "Dutch",
        &[
            "het", "een", "van", "voor", "met", "je", "wij", "ons", "onze", "en", "op", "bij", "aan", "als", "zijn",
            "wordt", "jij", "jouw", "naar", "niet", "ook", "bent", "hebt", "ervaring", "kennis", "de",
        ],
    ),
    (
        "it",
        "Italian",
        &[
            "il",
            "di",
            "e",
            "che",
            "gli",
            "della",
            "delle",
            "dei",
            "nel",
            "con",
            "per",
            "una",
            "sono",
            "alla",
            "nostro",
            "esperienza",
            "conoscenza",
        ],
    ),
    (
        "pt",
        "Portuguese",
        &[
            "os",
            "com",
            "para",
            "uma",
            "do",
            "da",
            "dos",
            "das",
            "em",
            "no",
            "na",
            "ao",
            "e",
            "você",
            "nossa",
            "nosso",
            "experiência",
            "conhecimento",
        ],
    ),
];

/// The language a text seems to be written in; `und` where it cannot be told.
pub(crate) fn language(text: &str) -> Language {
    let unknown = Language { code: "und".into(), name: "undetermined".into(), confidence: 0.0 };
    if text.trim().len() < TELLING {
        return unknown;
    }
    let end = (0..=text.len().min(HEAD)).rev().find(|n| text.is_char_boundary(*n)).unwrap_or(0);
    let head = &text[..end];
    let shares = shares(head);
    let best = (0..SMALL.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b])).unwrap_or(0);
    let next = (0..SMALL.len()).filter(|n| *n != best).map(|n| shares[n]).fold(0.0, f32::max);
    if shares[best] >= SHARE && shares[best] > 1.3 * next {
        let (code, name, _) = SMALL[best];
        return Language { code: code.into(), name: name.into(), confidence: (0.7 + shares[best]).min(1.0) };
    }
    let Some(info) = whatlang::detect(head) else { return unknown };
    // A list of names of tools looks like any language: only a sure answer counts, and one of the languages above would
    // have shown its small words.
    let code = iso(info.lang());
    let listed = SMALL.iter().position(|(known, ..)| *known == code);
    let silent = listed.is_some_and(|n| n > 0 && shares[n] < SHARE / 2.0);
    let latin = info.script() == whatlang::Script::Latin;
    if code != "en" && (info.confidence() < 0.8 || silent || latin && shares[0] >= SHARE / 3.0) {
        return unknown;
    }
    // Few words without any small one are a list.
    if code != "en" && latin && head.split_whitespace().count() < 25 {
        return unknown;
    }
    Language { code: code.into(), name: info.lang().eng_name().into(), confidence: info.confidence() as f32 }
}

/// Share of each language's small words among all words.
fn shares(text: &str) -> [f32; SMALL.len()] {
    let mut counts = [0.0; SMALL.len()];
    let mut all = 0.0f32;
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
        let lower = word.to_lowercase();
        all += 1.0;
        for (count, (_, _, small)) in counts.iter_mut().zip(SMALL) {
            if small.contains(&lower.as_str()) {
                *count += 1.0;
            }
        }
    }
    counts.map(|count| count / all.max(1.0))
}

fn iso(language: whatlang::Lang) -> &'static str {
    use whatlang::Lang::*;
    match language {
        Eng => "en",
        Deu => "de",
        Fra => "fr",
        Spa => "es",
        Ita => "it",
        Por => "pt",
        Nld => "nl",
        Pol => "pl",
        Rus => "ru",
        Ukr => "uk",
        Ces => "cs",
        Slk => "sk",
        Hun => "hu",
        Ron => "ro",
        Bul => "bg",
        Ell => "el",
        Tur => "tr",
        Ara => "ar",
        Heb => "he",
        Hin => "hi",
        Cmn => "zh",
        Jpn => "ja",
        Kor => "ko",
        Vie => "vi",
        Tha => "th",
        Ind => "id",
        Swe => "sv",
        Nob => "no",
        Dan => "da",
        Fin => "fi",
        Est => "et",
        Lav => "lv",
        Lit => "lt",
        Hrv => "hr",
        Srp => "sr",
        Slv => "sl",
        Cat => "ca",
        other => other.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(want: &str, text: &str) {
        assert_eq!(language(text).code, want, "{text}");
    }

    #[test]
    fn running_text() {
        check(
            "de",
            "Für unseren Standort in Köln suchen wir ab sofort eine Fachkraft (m/w/d). Ihre Aufgaben: Betreuung unserer Kunden, Pflege der Daten in SAP, Auswertungen in Excel und Power BI. Ihr Profil: abgeschlossene Ausbildung, Kenntnisse in SQL, gute Kenntnisse in Englisch.",
        );
        check(
            "fr",
            "Nous recherchons un développeur Python pour notre équipe à Lyon. Vos missions : concevoir des API avec Django, déployer sur AWS avec Docker et Kubernetes, participer aux revues de code. Votre profil : trois ans d'expérience, bonne maîtrise de SQL et anglais courant.",
        );
        check(
            "es",
            "Buscamos una enfermera para nuestro hospital en Sevilla. Tus funciones: atención al paciente, administración de medicación y registro en la historia clínica. Requisitos: título de enfermería, dos años de experiencia y trabajo en equipo con los médicos.",
        );
        check(
            "nl",
            "Wij zoeken een ervaren data engineer voor ons team in Utrecht. Je bouwt pipelines met Python en Spark op Azure en werkt samen met de analisten. Wat vragen wij? Ervaring met SQL en Docker, kennis van Kafka en een goede beheersing van het Nederlands.",
        );
        check(
            "en",
            "We are looking for a nurse who likes to work with people and has experience with electronic records in a hospital.",
        );
    }

    #[test]
    fn a_list_of_names_is_in_no_language() {
        for list in [
            "- Python\n- SQL, Tableau, Power BI\n- Docker, Kubernetes, Terraform\n- Jenkins, Ansible, Grafana\n- Kafka, Spark, Airflow",
            "Requirements\n- Docker, Kubernetes, Helm, Istio, Argo CD\n- AWS (EC2, S3, Lambda, RDS, IAM), Azure, GCP\n- Terraform, Pulumi, Ansible\n- Prometheus, Grafana, Loki, Datadog\n- Bash, Python, Go\nNice to have\n- Kafka, RabbitMQ, Redis, PostgreSQL, MongoDB",
            "Excel, Word, Outlook\nSAP, Salesforce, Marketo, HubSpot\nCommunication skills\nTeam player\nDetail oriented\nBachelor degree",
        ] {
            let code = language(list).code;
            assert!(matches!(code.as_str(), "en" | "und"), "{code}: {list}");
        }
    }
}
