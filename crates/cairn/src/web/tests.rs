//! The pages and the API from outside: a demo office in memory, no network, requests in, answers out.

mod strangers;

use std::sync::Arc;

use axum::http::{HeaderName, StatusCode, header};
use axum_test::multipart::{MultipartForm, Part};
use axum_test::{TestResponse, TestServer};
use cairn_registrar::Office;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use cairn_registrar::shapes::{GapReport, PlanReport, VerifyReport};
use serde_json::{Value, json};

use super::samples::{EVIL, samples};
use super::{Options, router};

async fn office() -> Office {
    let outside = Outside::fixed("2026-11-23T12:00:00Z".parse().expect("as the test sets it up"), 7);
    Office::seeded("sqlite::memory:", "http://127.0.0.1:8080", outside, Gatherer::offline())
        .await
        .expect("as the test sets it up")
}

async fn site() -> TestServer {
    site_with(Options { posts_a_minute: 0, ..Options::default() }).await
}

async fn site_with(options: Options) -> TestServer {
    let mut server = TestServer::new(router(Arc::new(office().await), options));
    server.save_cookies();
    server
}

fn says(response: &TestResponse, status: u16, words: &str) {
    let text = response.text();
    assert_eq!(response.status_code().as_u16(), status, "{text}");
    assert!(text.contains(words), "no `{words}` in: {}", &text[..text.len().min(4000)]);
}

#[test]
fn every_page_renders_from_samples_with_strange_words_escaped() {
    let pages = samples();
    assert!(pages.len() >= 18, "{}", pages.len());
    for (name, html) in pages {
        assert!(html.contains("</html>"), "{name}");
        assert!(!html.contains("<script>"), "{name}: markup of a stranger came through");
        assert!(!html.contains("<img src=x"), "{name}: markup of a stranger came through");
        assert!(!html.contains("href=\"javascript:"), "{name}: a script became a link");
        assert!(!html.contains("tracker.example"), "{name}: a foreign picture is named");
        assert!(!html.contains(" style=\""), "{name}: the policy forbids inline style");
        assert!(!html.contains(" onclick="), "{name}");
    }
    assert!(EVIL.contains("<script>"));
}

#[tokio::test]
async fn the_pages_without_a_desk() {
    let site = site().await;
    says(&site.get("/").await, 200, "Try with Maya");
    says(&site.get("/verify").await, 200, "Is this badge what it seems to be?");
    says(&site.get("/catalogue").await, 200, "Credentials");
    says(&site.get("/about").await, 200, "uses the ESCO classification of the European Commission");
    says(&site.get("/samples/trust.json").await, 200, "CairnTrustList");
    says(&site.get("/samples/maya/nothing").await, 404, "no such sample");
    says(&site.get("/docs/api").await, 200, "/api/v1/plan");
    says(&site.get("/healthz").await, 200, "ok");
    says(&site.get("/nowhere").await, 404, "There is no page at this address");
    says(&site.get("/static/nothing").await, 404, "no such file");
    says(&site.get("/desk/badges/3").await, 404, "not on your desk");
    says(&site.get("/s/nothing").await, 404, "This link does not work");
    says(&site.get("/status/nothing").await, 404, "Nothing is published");
    says(&site.get("/desk/forget").await, 405, "does not take that kind of request");
}

#[tokio::test]
async fn every_offer_and_role_has_a_page() {
    let site = site().await;
    let packs = cairn_registrar::packs::Packs::builtin();
    for offer in packs.offers().iter() {
        assert_eq!(site.get(&format!("/catalogue/offers/{}", offer.id)).await.status_code(), 200, "{}", offer.id);
    }
    for role in packs.packs.iter().flat_map(|pack| &pack.roles) {
        assert_eq!(site.get(&format!("/catalogue/roles/{}", role.id)).await.status_code(), 200, "{}", role.id);
    }
    says(&site.get("/catalogue?q=kubernetes&kind=certification&industry=technology").await, 200, "Kubernetes");
    says(&site.get("/catalogue?q=zzzzzz").await, 200, "Nothing found");
}

#[tokio::test]
async fn what_a_browser_is_told() {
    let site = site().await;
    let answer = site.get("/").await;
    let head = |name: &'static str| {
        answer.header(HeaderName::from_static(name)).to_str().expect("as the test sets it up").to_owned()
    };
    assert!(head("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(head("x-content-type-options"), "nosniff");
    let refused =
        site.post("/desk/sample").add_header("sec-fetch-site", "cross-site").form(&[("learner", "maya")]).await;
    says(&refused, 403, "sent from another site");
}

#[tokio::test]
async fn the_sample_gives_the_whole_result_in_one_click() {
    let site = site().await;
    let answer = site.post("/desk/sample").form(&[("learner", "maya")]).await;
    assert_eq!(answer.status_code(), StatusCode::SEE_OTHER);
    let cookie = answer.header(header::SET_COOKIE).to_str().expect("as the test sets it up").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let page = site.get("/").await.text();
    for state in ["proven", "attested", "stale", "claimed", "missing"] {
        assert!(page.contains(&format!("class=\"m {state}")), "no passage is {state}");
    }
    for words in ["This plan", "Make the link", "Every requirement, and why", "Lacking for “proven”", "Estimate:"] {
        assert!(page.contains(words), "{words}");
    }
    says(&site.get("/desk/badges/0").await, 200, "Genuine?");
    let picture = site.get("/desk/badges/0/picture").await;
    assert_eq!(picture.header(header::CONTENT_TYPE), "image/png");
    assert!(picture.header("content-security-policy").to_str().expect("as the test sets it up").contains("sandbox"));
    site.post("/desk/forget").await;
    assert!(site.get("/").await.text().contains("Try with Maya"));
}

#[tokio::test]
async fn every_learner_and_every_ad_works() {
    let site = site().await;
    let packs = cairn_registrar::packs::Packs::builtin();
    for learner in packs.packs.iter().flat_map(|pack| &pack.learners) {
        let answer = site.post("/desk/sample").form(&[("learner", &learner.id)]).await;
        assert_eq!(answer.status_code(), 303, "{}", learner.id);
        assert!(site.get("/").await.text().contains("This plan"), "{}", learner.id);
    }
    for ad in packs.packs.iter().flat_map(|pack| &pack.ads) {
        let answer = site.post("/desk/ad").form(&[("sample", ad.id.as_str()), ("how", "replace")]).await;
        assert_eq!(answer.status_code(), 303, "{}", ad.id);
        assert!(site.get("/").await.text().contains("class=\"m "), "{}: nothing is coloured", ad.id);
    }
}

#[tokio::test]
async fn own_files_and_ads_step_by_step() {
    let site = site().await;
    let office = office().await;
    let maya = office.demo.as_ref().expect("as the test sets it up").learner("maya").expect("as the test sets it up");
    let mut form = MultipartForm::new().add_text("text", "I can weld.").add_text("address", maya.address.clone());
    for file in &maya.files {
        form = form.add_part("files", Part::bytes(file.bytes.clone()).file_name(file.name.clone()));
    }
    form = form.add_part("files", Part::bytes(b"\x89PNG\r\n\x1a\nbroken".to_vec()).file_name("broken.png"));
    assert_eq!(site.post("/desk/badges").multipart(form).await.status_code(), 303);
    says(&site.get("/").await, 200, "could not be read");
    let ad = "Data analyst\n\nYou need SQL, Python and project management. Kubernetes is a plus.";
    assert_eq!(site.post("/desk/ad").form(&[("text", ad), ("how", "add")]).await.status_code(), 303);
    let page = site.get("/").await;
    says(&page, 200, "class=\"m ");
    says(&page, 200, "nobody has confirmed that it is this person");
    let mine = MultipartForm::new().add_text("address", maya.address.clone()).add_text("mine", "yes");
    assert_eq!(site.post("/desk/badges").multipart(mine).await.status_code(), 303);
    says(&site.get("/").await, 200, "class=\"m proven");
    let budget = [("hours", "60"), ("money", "400"), ("currency", "USD"), ("weekly_hours", "8")];
    assert_eq!(site.post("/desk/budget").form(&budget).await.status_code(), 303);
    says(&site.get("/").await, 200, "Within 60 hours and $400");
    assert_eq!(site.post("/desk/ad/remove").form(&[("n", "0")]).await.status_code(), 303);
    assert_eq!(site.post("/desk/ad").form(&[("role", "cloud-engineer"), ("how", "role")]).await.status_code(), 303);
    says(&site.get("/").await, 200, "against");
    assert_eq!(site.post("/desk/badges/remove").form(&[("n", "0")]).await.status_code(), 303);
}

#[tokio::test]
async fn a_budget_in_another_currency_says_what_it_needs() {
    let site = site().await;
    site.post("/desk/sample").form(&[("learner", "maya")]).await;
    site.post("/desk/budget").form(&[("hours", "60"), ("money", "400"), ("currency", "EUR")]).await;
    let page = site.get("/").await.text();
    assert!(page.contains("notice warn") && !page.contains("This plan"), "a mixed budget without a rate is refused");
    let rate = [
        ("hours", "200"),
        ("money", "900"),
        ("currency", "EUR"),
        ("rate_from", "USD"),
        ("rate", "0.92"),
        ("rate_date", "2026-11-20"),
    ];
    site.post("/desk/budget").form(&rate).await;
    says(&site.get("/").await, 200, "This plan");
}

#[tokio::test]
async fn a_share_is_a_file_and_a_page_that_proves_nothing() {
    let site = site().await;
    site.post("/desk/sample").form(&[("learner", "maya")]).await;
    says(&site.post("/desk/share").form(&[("purpose", "x")]).await, 422, "No badge was chosen");
    let file = site.post("/desk/share").form(&[("chosen", "0"), ("chosen", "1"), ("how", "file")]).await;
    let bundle: Value = file.json();
    assert_eq!(bundle["credentials"].as_array().expect("as the test sets it up").len(), 2);
    let made = site.post("/desk/share").form(&[("chosen", "0"), ("purpose", "A <b>job</b>"), ("how", "link")]).await;
    assert_eq!(made.status_code(), 303, "{}", made.text());
    let to = made.header(header::LOCATION).to_str().expect("as the test sets it up").to_owned();
    let page = site.get(&to).await;
    assert_eq!(page.header(header::REFERRER_POLICY), "no-referrer");
    says(&page, 200, "This page proves nothing by itself");
    assert!(page.text().contains("A &#60;b&#62;job") || page.text().contains("A &lt;b&gt;job"), "escaped");
    let asked: Value = site.get(&to).add_header("accept", "application/json").await.json();
    assert_eq!(asked["type"], "CairnBundle");
    let proof = site.get(&format!("{to}/proof.cairn.json")).await;
    let form =
        MultipartForm::new().add_part("files", Part::bytes(proof.as_bytes().to_vec()).file_name("proof.cairn.json"));
    says(&site.post("/verify").multipart(form).await, 200, "Genuine and current");
    says(&site.post("/desk/share").form(&[("chosen", "0"), ("until", "2020-01-01")]).await, 422, "is past");
}

/// The same office some hours later.
fn later(office: &Office, hours: i64) -> Office {
    let outside = Outside::fixed(office.now() + jiff::SignedDuration::from_hours(hours), 8);
    let mut later = office.clone();
    later.outside = outside.clone();
    later.desk.outside = outside;
    later.gatherer = Gatherer::offline().with_own_origin(&later.base_url, later.desk.clone());
    later
}

#[tokio::test]
async fn whoever_made_a_share_ends_it() {
    let office = office().await;
    let mut site = TestServer::new(router(Arc::new(office.clone()), Options::default()));
    site.save_cookies();
    site.post("/desk/sample").form(&[("learner", "maya")]).await;
    let made = site.post("/desk/share").form(&[("chosen", "0"), ("how", "link")]).await;
    let to = made.header(header::LOCATION).to_str().expect("as the test sets it up").to_owned();
    let token = to.trim_start_matches("/s/");
    says(&site.get(&to).await, 200, "End this link now");
    let stranger = TestServer::new(router(Arc::new(office), Options::default()));
    assert!(!stranger.get(&to).await.text().contains("End this link now"));
    says(&stranger.post("/desk/share/end").form(&[("token", token)]).await, 404, "Only its maker");
    assert_eq!(site.post("/desk/share/end").form(&[("token", token)]).await.status_code(), 303);
    says(&site.get("/").await, 200, "The link has ended");
    says(&stranger.get(&to).await, 404, "This link does not work");
}

#[tokio::test]
async fn shares_that_are_over_are_deleted_and_large_ones_refused() {
    let office = office().await;
    let bundle = office.demo_bundle("maya").await.expect("a sample learner");
    let until = office.now() + jiff::SignedDuration::from_hours(2);
    let token = office.share(&bundle, until).await.unwrap();
    assert_eq!(later(&office, 1).purge_shares().await.unwrap(), 0);
    assert!(later(&office, 1).find_share(&token).await.unwrap().is_some());
    assert!(later(&office, 2).find_share(&token).await.unwrap().is_none());
    let after = later(&office, 3);
    let until = after.now() + jiff::SignedDuration::from_hours(2);
    after.share(&bundle, until).await.unwrap();
    assert_eq!(after.purge_shares().await.unwrap(), 0, "sharing deleted it");
    assert_eq!(later(&office, 6).purge_shares().await.unwrap(), 1);
    let mut large = bundle.clone();
    large.credentials[0].text = "x".repeat(9 << 20);
    assert!(office.share(&large, until).await.unwrap_err().to_string().contains("at most 8 MB"));
}

#[tokio::test]
async fn a_bundle_holds_on_to_nothing_that_its_badges_do_not_need() {
    let office = office().await;
    let mut bundle = office.demo_bundle("maya").await.expect("a sample learner");
    let document = cairn_credential::gathered::Fetched {
        got: cairn_credential::gathered::Got::Text("x".repeat(1_000_000)),
        at: office.now(),
        by: cairn_credential::gathered::BroughtBy::Bundle,
    };
    bundle.gathered.by_url.insert("https://nobody.example/asks".into(), document);
    let text = cairn_credential::bundle::write(&bundle);
    let ask = cairn_registrar::checking::Ask { policy: office.policy(), require: Vec::new(), at: office.now() };
    let checked = office.check(office.open_file("b.json", text.as_bytes()), &ask).await;
    assert!(cairn_registrar::checking::weight(&checked.gathered) < 1_000_000);
    assert!(!checked.gathered.by_url.is_empty(), "what they need is kept, to be shared again");
}

#[tokio::test]
async fn a_share_is_judged_when_it_is_opened() {
    let office = office().await;
    let mut site = TestServer::new(router(Arc::new(office.clone()), Options::default()));
    site.save_cookies();
    site.post("/desk/sample").form(&[("learner", "maya")]).await;
    let made = site.post("/desk/share").form(&[("chosen", "0"), ("how", "link")]).await;
    let to = made.header(header::LOCATION).to_str().expect("as the test sets it up").to_owned();
    let told = |page: &TestResponse| {
        let text = page.text();
        let at = text.rfind("class=\"small\">").expect("a badge is on the page");
        text[at..].split("</p>").next().unwrap_or_default().to_owned()
    };
    let now = told(&site.get(&to).await);
    let site = TestServer::new(router(Arc::new(later(&office, 1)), Options::default()));
    let page = site.get(&to).await;
    assert_eq!(told(&page), now);
    assert!(!now.contains("cannot"), "{now}");
    says(&page, 200, "checked it just now, on 23 November 2026");
}

#[tokio::test]
async fn verify_gives_each_file_its_own_verdict() {
    let site = site().await;
    let office = office().await;
    let mut form = MultipartForm::new();
    for learner in &office.demo.as_ref().expect("as the test sets it up").learners {
        for file in &learner.files {
            form = form.add_part("files", Part::bytes(file.bytes.clone()).file_name(file.name.clone()));
        }
    }
    form = form.add_part("files", Part::bytes(b"%PDF-1.7 certificate".to_vec()).file_name("c.pdf"));
    form = form.add_part("files", Part::bytes(b"GIF89a........".to_vec()).file_name("c.gif"));
    form = form.add_part("files", Part::bytes(vec![b'['; 100_000]).file_name("deep.json"));
    let page = site.post("/verify").multipart(form).await;
    for words in [
        "are genuine and current",
        "Counts as a claim",
        "Could not be read",
        "Revoked",
        "Expired",
        "Suspended",
        "Not known here",
    ] {
        says(&page, 200, words);
    }
    let list = office
        .demo
        .as_ref()
        .expect("as the test sets it up")
        .trust_json()
        .replace("Sample issuers of the demo", "My own list");
    let maya = &office.demo.as_ref().expect("as the test sets it up").learners[0].files[0];
    let form = MultipartForm::new()
        .add_part("files", Part::bytes(maya.bytes.clone()).file_name(maya.name.clone()))
        .add_part("trust", Part::bytes(list.into_bytes()).file_name("list.json"));
    says(&site.post("/verify").multipart(form).await, 200, "My own list");
}

#[tokio::test]
async fn bad_input_gets_a_sentence() {
    let site = site().await;
    let ad = |text: String| [("text", text), ("how", "add".to_owned())];
    says(&site.post("/desk/ad").form(&ad(" \n ".into())).await, 422, "The ad is empty");
    says(&site.post("/desk/ad").form(&ad("a ".repeat(500_000))).await, 413, "at most");
    says(&site.post("/desk/ad").form(&[("role", "king"), ("how", "role")]).await, 404, "no such role");
    says(&site.post("/desk/budget").form(&[("hours", "many")]).await, 422, "Hours in all");
    says(&site.post("/desk/sample").form(&[("learner", "nobody")]).await, 404, "no such sample learner");
    says(&site.post("/desk/share").form(&[("chosen", "0")]).await, 422, "nothing on your desk");
    says(
        &site.post("/desk/badges").multipart(MultipartForm::new().add_text("text", "")).await,
        422,
        "Nothing was sent",
    );
    says(&site.post("/verify").multipart(MultipartForm::new().add_text("text", " ")).await, 422, "Nothing was sent");
    let form =
        MultipartForm::new().add_text("text", "x").add_part("trust", Part::bytes(b"{}".to_vec()).file_name("t.json"));
    says(&site.post("/verify").multipart(form).await, 422, "not a trust list");
    let broken = site.post("/verify").content_type("multipart/form-data; boundary=x").bytes("--y".into()).await;
    assert!(broken.status_code().is_client_error(), "{}", broken.status_code());
    says(&broken, broken.status_code().as_u16(), "The form");
}

#[tokio::test]
async fn a_hundred_megabytes_are_refused_early() {
    let site = site().await;
    let answer =
        site.post("/verify").content_type("multipart/form-data; boundary=x").bytes(vec![0; 100 << 20].into()).await;
    says(&answer, 413, "32 MB");
    let answer = site.post("/api/v1/verify").content_type("application/json").bytes(vec![b' '; 40 << 20].into()).await;
    assert_eq!(answer.status_code(), 413);
    assert_eq!(answer.json::<Value>()["code"], "too-large");
}

#[tokio::test]
async fn slow_uploads_keep_nobody_from_being_answered() {
    use tokio::io::AsyncWriteExt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let options = Options { trusted_proxy: true, ..Options::default() };
    let service = router(Arc::new(office().await), options);
    tokio::spawn(async move { axum::serve(listener, service).await });
    let head = |from: usize, length: usize| {
        format!(
            "POST /desk/forget HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-forwarded-for: 192.0.2.{from}\r\n\
             content-length: {length}\r\n\r\n"
        )
    };
    let mut slow = Vec::new();
    for n in 0..40 {
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        socket.write_all(head(n, 1000).as_bytes()).await.unwrap();
        slow.push(socket);
    }
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    socket.write_all(head(99, 0).as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut socket, &mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
}

/// On one thread: whatever verifies on it keeps all others waiting.
#[tokio::test]
async fn others_are_answered_while_badges_are_checked() {
    let office = office().await;
    let mut bundle = office.demo_bundle("maya").await.expect("a sample learner");
    bundle.credentials = bundle.credentials.iter().cycle().take(100).cloned().collect();
    let text = cairn_credential::bundle::write(&bundle);
    let site = TestServer::new(router(Arc::new(office), Options::default()));
    let form = MultipartForm::new().add_part("files", Part::bytes(text.into_bytes()).file_name("b.json"));
    let checked = async {
        says(&site.post("/verify").multipart(form).await, 200, "genuine and current");
    };
    let mut answered = 0;
    let asking = async {
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            says(&site.get("/healthz").await, 200, "ok");
            answered += 1;
        }
    };
    tokio::select! {
        () = checked => {}
        () = asking => {}
    }
    assert!(answered > 25, "only {answered} times");
}

#[tokio::test]
async fn the_sites_own_samples_are_given_as_files() {
    let site = site().await;
    let form = MultipartForm::new().add_text("text", "http://127.0.0.1:8080/samples/maya/cloud-foundations.png");
    says(&site.post("/verify").multipart(form).await, 200, "give the file itself");
}

#[tokio::test]
async fn too_many_requests_wait() {
    let site = site_with(Options { posts_a_minute: 3, ..Options::default() }).await;
    for _ in 0..3 {
        site.post("/desk/forget").await;
    }
    says(&site.post("/desk/forget").await, 429, "Wait a little");
}

#[tokio::test]
async fn the_api_answers_the_public_shapes() {
    let site = site().await;
    let office = office().await;
    let file =
        &office.demo.as_ref().expect("as the test sets it up").learner("maya").expect("as the test sets it up").files
            [0];
    let form = MultipartForm::new().add_part("files", Part::bytes(file.bytes.clone()).file_name(file.name.clone()));
    let report: VerifyReport = site.post("/api/v1/verify").multipart(form).await.json();
    assert_eq!((report.shape.as_str(), report.items.len(), report.ok), ("cairn/verify/1", 1, true));
    let ask = json!({"ads": ["We need Kubernetes and SQL."], "claims": "I use SQL every day.", "urls": ["https://127.0.0.1/x"]});
    let gap: GapReport = site.post("/api/v1/gap").json(&ask).await.json();
    assert!(gap.gap.counts.required.claimed + gap.gap.counts.preferred.claimed >= 1, "{:?}", gap.gap.counts);
    let ask = json!({"role": "cloud-engineer", "budget": {"hours": 120, "money": "500", "currency": "USD", "by": "2027-06-30"}});
    let plan: PlanReport = site.post("/api/v1/plan").json(&ask).await.json();
    assert_eq!(plan.plan.budget.money.expect("as the test sets it up").minor, 50_000);
    let openapi: Value = site.get("/api/v1/openapi.json").await.json();
    assert_eq!(openapi["openapi"], "3.1.0");
}

#[tokio::test]
async fn the_api_refuses_with_a_sentence() {
    let site = site().await;
    let refused = async |path: &str, body: &str, status: u16, words: &str| {
        let answer = site.post(path).content_type("application/json").bytes(body.to_owned().into()).await;
        let error: Value = answer.json();
        let told = error["detail"].as_str().expect("as the test sets it up").to_owned();
        assert_eq!(answer.status_code().as_u16(), status, "{told}");
        assert!(told.contains(words), "{told}");
    };
    refused("/api/v1/verify", "{", 400, "not JSON").await;
    refused("/api/v1/verify", "{\"file\": []}", 400, "unknown field").await;
    refused("/api/v1/verify", "{}", 422, "Nothing to verify").await;
    refused("/api/v1/verify", "{\"files\": [{\"base64\": \"*\"}]}", 422, "files[0].base64").await;
    refused("/api/v1/verify", "{\"files\": [{}]}", 422, "either text or base64").await;
    refused("/api/v1/gap", "{}", 422, "Nothing to aim at").await;
    refused("/api/v1/gap", "{\"ads\": [\" \"]}", 422, "ads[0] is empty").await;
    refused("/api/v1/gap", &json!({"ads": ["a ".repeat(200_000)]}).to_string(), 413, "at most").await;
    refused("/api/v1/gap", "{\"role\": \"king\"}", 422, "not the id of a role").await;
    let euros = "{\"role\": \"cloud-engineer\", \"budget\": {\"money\": 400, \"currency\": \"EUR\"}}";
    refused("/api/v1/plan", euros, 422, "rate").await;
    let nowhere: Value = site.get("/api/v1/nothing").await.json();
    assert_eq!(nowhere["code"], "not-found");
}
