//! Levels that can be compared: degrees, years, CEFR levels and words such as `advanced`.

/// An academic degree, lowest first. A higher one meets what asks for a lower one; the field of study is not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Degree {
    /// Associate.
    Associate,
    /// Bachelor.
    Bachelor,
    /// Master.
    Master,
    /// Doctorate.
    Doctorate,
}

impl Degree {
    /// The degree that a `degree:…` key names.
    pub fn of_key(key: &str) -> Option<Degree> {
        match key.strip_prefix("degree:")? {
            "associate" => Some(Degree::Associate),
            "bachelor" => Some(Degree::Bachelor),
            "master" => Some(Degree::Master),
            "doctorate" => Some(Degree::Doctorate),
            _ => None,
        }
    }

    /// The degree that an Open Badges 3.0 `achievementType` names (§B.1.1 AchievementType).
    pub fn of_achievement_type(kind: &str) -> Option<Degree> {
        match kind {
            "AssociateDegree" => Some(Degree::Associate),
            "BachelorDegree" => Some(Degree::Bachelor),
            "MasterDegree" => Some(Degree::Master),
            "DoctoralDegree" | "ResearchDoctorate" | "ProfessionalDoctorate" => Some(Degree::Doctorate),
            _ => None,
        }
    }

    /// Its name in keys and packs.
    pub fn name(self) -> &'static str {
        match self {
            Degree::Associate => "associate",
            Degree::Bachelor => "bachelor",
            Degree::Master => "master",
            Degree::Doctorate => "doctorate",
        }
    }
}

/// The number in a `years:…` key.
pub fn years(key: &str) -> Option<u32> {
    key.strip_prefix("years:")?.parse().ok()
}

/// Whether `held` meets `asked`; `None` when the two cannot be compared (different scales, unknown words).
pub fn meets(held: &str, asked: &str) -> Option<bool> {
    match (rank(held)?, rank(asked)?) {
        ((a, held), (b, asked)) if a == b => Some(held >= asked),
        _ => None,
    }
}

/// The higher of two levels where they can be compared, else the first that is stated.
pub(crate) fn higher(a: Option<String>, b: Option<String>) -> Option<String> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if meets(&b, &a) == Some(true) { b } else { a }),
        (a, b) => a.or(b),
    }
}

#[derive(PartialEq, Clone, Copy)]
enum Scale {
    Cefr,
    Words,
    Number,
}

/// Scale and place on it.
fn rank(level: &str) -> Option<(Scale, u32)> {
    let level = level.trim().to_ascii_lowercase();
    if let Ok(number) = level.parse::<u32>() {
        return Some((Scale::Number, number));
    }
    let cefr = ["a1", "a2", "b1", "b2", "c1", "c2"].iter().position(|l| *l == level);
    if let Some(place) = cefr {
        return Some((Scale::Cefr, u32::try_from(place).unwrap_or(0)));
    }
    let place = match level.as_str() {
        "basic" | "beginner" | "beginning" | "novice" | "foundational" | "elementary" => 1,
        "intermediate" | "developing" | "working" => 2,
        "advanced" | "proficient" | "fluent" => 3,
        "expert" | "native" => 4,
        _ => return None,
    };
    Some((Scale::Words, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_compare_on_their_own_scale_only() {
        assert_eq!(meets("expert", "advanced"), Some(true));
        assert_eq!(meets("Intermediate", "advanced"), Some(false));
        assert_eq!(meets("C1", "b2"), Some(true));
        assert_eq!(meets("3", "5"), Some(false));
        assert_eq!(meets("C1", "advanced"), None);
        assert_eq!(meets("purple", "advanced"), None);
    }

    #[test]
    fn degrees_are_ordered() {
        assert!(Degree::of_key("degree:doctorate") > Degree::of_key("degree:bachelor"));
        assert_eq!(Degree::of_achievement_type("ResearchDoctorate"), Some(Degree::Doctorate));
        assert_eq!(Degree::of_key("degree:wizard"), None);
    }
}
