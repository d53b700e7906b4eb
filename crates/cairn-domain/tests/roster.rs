//! Rosters: what is read, and the sentence for each thing that is wrong, with its line and column.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use std::io::{BufReader, Read};

use cairn_domain::definition::{Criterion, Definition};
use cairn_domain::roster::{Form, MOST_ROW_BYTES, MOST_ROWS, Problem, Roster, Row};
use expect_test::{Expect, expect};
use jiff::Timestamp;
use proptest::prelude::*;

fn definition() -> Definition {
    let levels = ["Beginner", "Able", "Expert"].map(str::to_owned).to_vec();
    Definition {
        name: "Espresso".into(),
        criteria: vec![
            Criterion { id: "grind".into(), statement: "Grinds.".into(), levels, required: Some("Able".into()) },
            Criterion { id: "steam".into(), statement: "Steams.".into(), ..Criterion::default() },
        ],
        ..Definition::default()
    }
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn read(form: Form, bytes: &[u8]) -> Vec<Result<Row, Vec<Problem>>> {
    let definition = definition();
    // a small buffer, so that every boundary is met
    let input = BufReader::with_capacity(7, bytes);
    match Roster::open(input, form, &definition, now()) {
        Ok(roster) => roster.collect(),
        Err(problems) => vec![Err(problems)],
    }
}

fn told(form: Form, bytes: &[u8]) -> String {
    let mut told = String::new();
    for verdict in read(form, bytes) {
        match verdict {
            Ok(row) => {
                told += &format!("line {} good: {} {:?} {:?}\n", row.line, row.email, row.name, row.key);
                for moment in [row.awarded, row.valid_until].into_iter().flatten() {
                    told += &format!("  {moment}\n");
                }
                for (id, level) in &row.results {
                    told += &format!("  {id} {level}\n");
                }
                for words in row.narrative.iter().chain(row.evidence.iter().map(|link| &link.url)) {
                    told += &format!("  {words:?}\n");
                }
            }
            Err(problems) => problems.iter().for_each(|problem| told += &format!("{problem}\n")),
        }
    }
    told
}

#[track_caller]
fn csv(text: &str, expected: Expect) {
    expected.assert_eq(&told(Form::Csv, text.as_bytes()));
}

#[test]
fn every_column_is_read() {
    csv(
        "key,name,email,awarded,valid_until,narrative,evidence_url,evidence_name,result:grind,result:steam\r\n\
         s-1,Maya Okafor,Maya@Learner.example,2026-11-01,2028-11-01,\"Pulled, and\n\"\"dialled in\"\".\",https://a.example/x,Shot,able,yes\r\n\
         \r\n\
         ,Ana,ana@learner.example,2026-11-01T10:00:00+01:00,,,,,,\r\n",
        expect![[r#"
            line 2 good: maya@learner.example Some("Maya Okafor") Some("s-1")
              2026-11-01T00:00:00Z
              2028-11-01T23:59:59Z
              grind Able
              steam 
              "Pulled, and\n\"dialled in\"."
              "https://a.example/x"
            line 5 good: ana@learner.example Some("Ana") None
              2026-11-01T09:00:00Z
        "#]],
    );
}

#[test]
fn what_spreadsheets_write_is_read() {
    csv(
        "\u{feff}email;name\nana@b.example;Ana\n",
        expect![[r#"
        line 2 good: ana@b.example Some("Ana") None
    "#]],
    );
    csv(
        "email\tname\rana@b.example\tAna\r",
        expect![[r#"
        line 2 good: ana@b.example Some("Ana") None
    "#]],
    );
    csv(
        "sep=;\nemail;name\nana@b.example;\"A;B\"",
        expect![[r#"
        line 3 good: ana@b.example Some("A;B") None
    "#]],
    );
    csv(
        "Email ,NAME,\nana@b.example,Ana,\n",
        expect![[r#"
            line 2 good: ana@b.example Some("Ana") None
        "#]],
    );
}

#[test]
fn what_is_wrong_with_a_header_is_said() {
    csv(
        "",
        expect![[r#"
        line 1: The file is empty. Its first row names the columns, such as email,name.
    "#]],
    );
    csv(
        "name\nAna\n",
        expect![[r#"
        line 1: No column is called email. The first row names the columns; email is needed.
    "#]],
    );
    csv(
        "email,E-Mail,email,shoe size,result:foam\n",
        expect![[r#"
        line 1, column 2 (E-Mail): “E-Mail” is no column that is known here. Call it email.
        line 1, column 3 (email): This column is there twice. Delete one of them.
        line 1, column 4 (shoe size): “shoe size” is no column that is known here. Delete it, or call it one of email, name, awarded, valid_until, narrative, evidence_url, evidence_name, key, result:CRITERION.
        line 1, column 5 (result:foam): The achievement has no criterion “foam”. It has: grind, steam.
    "#]],
    );
    expect![[r#"
        line 1: The file is written in UTF-16. Save it as UTF-8 (in Excel: “CSV UTF-8”) and send it again.
    "#]]
    .assert_eq(&told(Form::Csv, b"\xff\xfee\0m\0a\0i\0l\0"));
}

#[test]
fn what_is_wrong_with_a_row_is_said_with_its_line_and_column() {
    csv(
        "name,email,awarded,valid_until,evidence_url,evidence_name,result:grind,result:steam,key\n\
         Ana,ana at b,03/04/2026,23.11.2026,ftp://x,,Beginner,no,\n\
         Ben,ben@b.example,2027-01-01,2026-01-01,,Shot,Master,,\n\
         Cy,ben@b.example,46349,2026-02-30,,,,,a\n\
         ,,2026-11-23T10:00,2026-1-2,,,,,a\n\
         Too,few\n\
         Much,d@b.example,,,,,,,,more\n\
         \"Ed\"x,e@b.example,,,,,,,\n\
         Fine,f@b.example,,,,,,,b\n",
        expect![[r#"
            line 2, column 2 (email): “ana at b” is no e-mail address. Write it like name@example.org.
            line 2, column 3 (awarded): “03/04/2026” could be 2026-04-03 or 2026-03-04. Write which: year, month, day.
            line 2, column 4 (valid_until): “23.11.2026” is not written as asked. Write 2026-11-23.
            line 2, column 5 (evidence_url): “ftp://x” is no address of the web. Write it like https://example.org/work.
            line 2, column 7 (result:grind): grind asks for Able; Beginner is below it. Whoever has not reached it is not awarded; delete the row.
            line 2, column 8 (result:steam): The criterion steam has no levels: write met. Whoever has not met it is not awarded; delete the row.
            line 3, column 3 (awarded): 2027-01-01 lies in the future. Give the day on which it was earned.
            line 3, column 4 (valid_until): The award would be over before it begins. Give a later day, or leave it empty.
            line 3, column 6 (evidence_name): The evidence has a name and no evidence_url. Give its address, or leave both empty.
            line 3, column 7 (result:grind): “Master” is no level of grind. Its levels are: Beginner, Able, Expert.
            line 4, column 2 (email): The same address stands in line 3 already. Keep one of the two.
            line 4, column 3 (awarded): 46349 is a spreadsheet's own number for a day. Format the column as text, and write 2026-11-23.
            line 4, column 4 (valid_until): “2026-02-30” is no day. Write it like 2026-11-23.
            line 5, column 2 (email): The address is missing: without it nobody gets this. Write it like name@example.org.
            line 5, column 3 (awarded): “2026-11-23T10:00” is no moment. Write it like 2026-11-23T10:00:00Z, or only the day.
            line 5, column 4 (valid_until): “2026-1-2” is not written as asked. Write 2026-01-02.
            line 5, column 9 (key): The same key stands in line 4 already. Keep one of the two.
            line 6: This row has 2 cells, the header row names 9 columns. Look for a delimiter that is missing, or too many: a cell with a comma in it stands in quotes.
            line 7: This row has 10 cells, the header row names 9 columns. Look for a delimiter that is missing, or too many: a cell with a comma in it stands in quotes.
            line 8, column 1: After a closing quote comes more text. Write a quote inside a quoted cell twice: "".
            line 9 good: f@b.example Some("Fine") Some("b")
        "#]],
    );
}

#[test]
fn other_encodings_and_open_quotes_are_named() {
    expect![[r#"
        line 2, column 2 (name): After “Ren” stands the byte E9, which is no UTF-8. It looks like Windows-1252, where this byte is “é”. Save the file as UTF-8 (in Excel: “CSV UTF-8”) and send it again.
        line 3 good: a@b.example Some("Ana") None
    "#]].assert_eq(&told(Form::Csv, b"email,name\nr@b.example,Ren\xe9e\na@b.example,Ana\n"));
    csv(
        "email,name\na@b.example,Ana\nb@b.example,\"Ben\nc@b.example,Cy\n",
        expect![[r#"
        line 2 good: a@b.example Some("Ana") None
        line 3, column 2: The quote that opens in this cell is not closed, so nothing after it could be read. Close it, or write a quote that belongs to the text twice: "".
    "#]],
    );
    let long = format!("email,narrative\na@b.example,{}\nb@b.example,fine\n", "x".repeat(MOST_ROW_BYTES));
    csv(
        &long,
        expect![[r#"
        line 2: This line has more than 64 KB and was not read. Shorten its narrative, or look for a quote that is not closed.
        line 3 good: b@b.example None None
          "fine"
    "#]],
    );
    let long = format!("email,narrative\na@b.example,{}\n", "é".repeat(4_001));
    csv(
        &long,
        expect![[r#"
        line 2, column 2 (narrative): This has 4001 characters; 4000 are allowed. Shorten it.
    "#]],
    );
}

#[test]
fn json_lines_say_the_same() {
    expect![[r#"
        line 1 good: a@b.example Some("Ana") Some("7")
          grind Expert
          steam 
        line 3 (shoe): “shoe” is no member that is known here. Delete it, or call it one of email, name, awarded, valid_until, narrative, evidence_url, evidence_name, key, result:CRITERION.
        line 3 (name): This member is no text. Write it in quotes.
        line 3 (result:steam): This member is there twice. Delete one of them.
        line 4: This line is no JSON object. Write one in each line: {"email": "…"}.
        line 5, column 22: This is no JSON: EOF while parsing an object. Mend the line.
        line 6 (email): The same address stands in line 1 already. Keep one of the two.
        line 6 (awarded): “11/12/2026” could be 2026-12-11 or 2026-11-12. Write which: year, month, day.
        line 7 (email): The address is missing: without it nobody gets this. Write it like name@example.org.
    "#]].assert_eq(&told(
        Form::Jsonl,
        br#"{"email":"a@b.example","name":"Ana","key":7,"results":{"grind":"Expert","steam":true},"valid_until":null}

{"email":"b@b.example","shoe":4,"name":5,"result:steam":"met","results":{"steam":"met"}}
["no object"]
{"email":"c@b.example"
{"email":"a@b.example","awarded":"11/12/2026"}
{}
"#,
    ));
}

#[test]
fn a_file_has_an_end() {
    struct Endless(u64, Vec<u8>);
    impl Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            if self.1.is_empty() {
                self.1 =
                    if self.0 == 0 { b"email\n".to_vec() } else { format!("a{}@b.example\n", self.0).into_bytes() };
                self.0 += 1;
            }
            let count = self.1.len().min(into.len());
            into[..count].copy_from_slice(&self.1[..count]);
            self.1.drain(..count);
            Ok(count)
        }
    }
    let definition = definition();
    let roster = Roster::open(BufReader::new(Endless(0, Vec::new())), Form::Csv, &definition, now()).unwrap();
    let (mut good, mut last) = (0, None);
    for verdict in roster {
        match verdict {
            Ok(_) => good += 1,
            Err(problems) => last = Some(problems),
        }
    }
    assert_eq!(good, MOST_ROWS);
    assert!(last.unwrap()[0].says.contains("Split it"));
}

#[test]
fn a_file_that_breaks_off_says_so() {
    struct Broken(bool);
    impl Read for Broken {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            if self.0 {
                return Err(std::io::Error::other("the disk is gone"));
            }
            self.0 = true;
            into[..24].copy_from_slice(b"email\nana@b.example\nben@");
            Ok(24)
        }
    }
    let definition = definition();
    let verdicts: Vec<_> =
        Roster::open(BufReader::new(Broken(false)), Form::Csv, &definition, now()).unwrap().collect();
    assert!(verdicts[0].is_ok());
    assert!(verdicts[1].as_ref().unwrap_err()[0].says.contains("the disk is gone"));
    assert_eq!(verdicts.len(), 2);
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is written the way spreadsheets write it comes back, in its line.
    #[test]
    fn what_is_written_is_read(
        rows in prop::collection::vec((0u32..9999, "[^\\p{C}]{0,30}", "[a-zA-Z0-9\",;\t\n é€]{0,40}"), 1..8),
        delimiter in prop::sample::select(vec![',', ';', '\t']),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        bom in any::<bool>(),
    ) {
        let mut text = String::from(if bom { "\u{feff}" } else { "" });
        text += &format!("email{delimiter}name{delimiter}narrative{end}");
        let mut wanted = Vec::new();
        let mut line = 2;
        for (n, (number, name, narrative)) in rows.iter().enumerate() {
            let email = format!("p{n}.{number}@b.example");
            text += &format!("{email}{delimiter}{}{delimiter}{}{end}", quoted(name), quoted(narrative));
            wanted.push((line, email, name.trim().to_owned(), narrative.trim().to_owned()));
            line += 1 + narrative.matches('\n').count() as u64;
        }
        let read = read(Form::Csv, text.as_bytes());
        prop_assert_eq!(read.len(), wanted.len());
        for (verdict, (line, email, name, narrative)) in read.into_iter().zip(wanted) {
            let row = verdict.map_err(|problems| TestCaseError::fail(format!("{problems:?}")))?;
            prop_assert_eq!(row.line, line);
            prop_assert_eq!(row.email, email);
            prop_assert_eq!(row.name.unwrap_or_default(), name);
            prop_assert_eq!(row.narrative.unwrap_or_default(), narrative);
        }
    }

    /// No bytes make it panic or loop; every problem has a line of the file and a sentence.
    #[test]
    fn any_bytes_get_an_answer(
        bytes in prop::collection::vec(prop::sample::select(b"email,name;\t\n\r\"{}:[]\x00\xff\xe9@.x1-/ awarded".to_vec()), 0..200),
        jsonl in any::<bool>(),
        header in any::<bool>(),
    ) {
        let mut file = if header { b"email,name,awarded,result:grind\n".to_vec() } else { Vec::new() };
        file.extend(bytes);
        let lines = file.iter().filter(|b| matches!(b, b'\n' | b'\r')).count() as u64 + 1;
        for verdict in read(if jsonl { Form::Jsonl } else { Form::Csv }, &file) {
            match verdict {
                Ok(row) => prop_assert!(row.line <= lines && row.email.contains('@')),
                Err(problems) => {
                    prop_assert!(!problems.is_empty());
                    for problem in problems {
                        prop_assert!((1..=lines).contains(&problem.line), "{problem}");
                        prop_assert!(problem.says.len() > 10 && !problem.says.contains('\0'), "{problem}");
                    }
                }
            }
        }
    }
}
