//! Tables of one's own.

use super::*;

fn whole(text: &'static str) -> Result<Whole, Unreadable> {
    let told = Told { uri: Some("https://x.example/fw".into()), ..Told::default() };
    read(Part::new("welding.csv", text.as_bytes()), &told).and_then(Whole::of)
}

#[test]
fn parents_may_come_later_and_what_is_written_reads_back() {
    let read_once =
        whole("\u{feff}Code;Statement;Parent;Level;labels;room\nW.1;Weld; W;3;solder|join;7\nW;Work\n").unwrap();
    assert_eq!(read_once.framework.title, "welding");
    assert_eq!(read_once.items[0].uri, "https://x.example/fw#W.1");
    assert_eq!(read_once.items[0].other_labels, ["solder", "join"]);
    assert_eq!(read_once.associations[0].destination, "https://x.example/fw#W");
    let text = write(&read_once);
    let told = Told { uri: Some("https://x.example/fw".into()), ..Told::default() };
    let again =
        Whole::of(read(Part::new("welding.csv", std::io::Cursor::new(text.into_bytes())), &told).unwrap()).unwrap();
    assert_eq!((again.items, again.associations), (read_once.items, read_once.associations));
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let says = |text| whole(text).unwrap_err().to_string();
    assert!(says("").contains("empty"));
    assert!(says("id,name\n1,x\n").contains("no column `statement`"));
    assert_eq!(says("id,statement\n1,\n"), "line 2: The statement is empty.");
    assert!(says("id,statement\n1,a\n1,b\n").contains("line 3: “1” is there already"));
    assert_eq!(says("id,statement,parent\n1,a,9\n"), "line 2: The parent “9” is the id or code of no row.");
    assert_eq!(says("id,statement,parent\n1,a,1\n"), "line 2: This row is its own parent.");
    let latin = read(Part::new("x.csv", &b"id,statement\n1,caf\xe9\n"[..]), &Told::default()).and_then(Whole::of);
    assert!(latin.unwrap_err().to_string().contains("no UTF-8"));
}
