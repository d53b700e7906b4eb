//! Loading the taxonomy, reading an ad of 3,000 characters, ranking a sentence.

use std::hint::black_box;
use std::sync::Arc;

use cairn_skills::{Reader, Taxonomy, Vocabulary};
use criterion::{Criterion, criterion_group, criterion_main};

const PART: &str = "Senior Data Engineer\n\nWhat you'll do\n- Design data pipelines in Python and SQL on AWS/Azure with Kubernetes and Terraform\n\
    - Manage projects, mentor individuals and communicate with stakeholders across our teams\n\nRequirements\n- 5+ years of experience in data engineering\n\
    - Bachelor's degree in Computer Science or equivalent experience; fluent German is a plus\n- Strong knowledge of Spark, Kafka, Excel and Power BI\n- No Java experience needed\n\n";

fn reading(c: &mut Criterion) {
    c.bench_function("load: decode the table", |b| b.iter(Taxonomy::builtin));
    let taxonomy = Arc::new(Taxonomy::builtin());
    c.bench_function("load: index it", |b| b.iter(|| Reader::new(Arc::clone(&taxonomy), &Vocabulary::default())));
    let reader = Reader::new(taxonomy, &Vocabulary::default());
    let ad: String = PART.chars().cycle().take(3_000).collect();
    c.bench_function("read an ad of 3,000 characters", |b| b.iter(|| reader.read_ad(black_box(&ad))));
    c.bench_function("rank one sentence", |b| {
        b.iter(|| reader.rank(black_box("You manage projects and analyse data in Python for our customers"), 10))
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(std::time::Duration::from_secs(3));
    targets = reading
}
criterion_main!(benches);
