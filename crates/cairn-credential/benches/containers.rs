//! Putting badges into pictures and taking them out, and asking a status list; beside each the time of hashing the same
//! bytes once, as a floor to compare with.

use std::hint::black_box;

use cairn_credential::bake::{bake_png, bake_svg, unbake_png, unbake_svg};
use cairn_credential::intake::{Limits, open};
use cairn_credential::status::Bits;
use criterion::{Criterion, criterion_group, criterion_main};
use sha2::{Digest, Sha256};

/// A picture of 80 kB, which is what badges weigh; its pixels are noise, so that it does not pack.
fn picture() -> Vec<u8> {
    let mut seed = 7u32;
    let next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    let pixels: Vec<u8> = std::iter::repeat_with(next).take(165 * 165 * 3).collect();
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 165, 165);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().expect("a header can be written to memory");
    writer.write_image_data(&pixels).expect("the pixels fill the picture");
    writer.finish().expect("an end can be written to memory");
    out
}

fn containers(c: &mut Criterion) {
    let text = format!(
        r#"{{"type":["VerifiableCredential"],"credentialSubject":{{"achievement":{{"description":"{}"}}}}}}"#,
        "é".repeat(1900)
    );
    let png = picture();
    let svg = format!("<svg>{}</svg>", "<path d=\"M0 0L1 1\"/>".repeat(200));
    let baked_png = bake_png(&png, &text).expect("the picture is good");
    let baked_svg = bake_svg(&svg, &text).expect("the picture is good");
    let mut bits = Bits::zeros(0);
    for index in (0..131_072).step_by(97) {
        assert!(bits.set(index, true));
    }
    let encoded = bits.encode();

    c.bench_function("floor: sha256 of the PNG", |b| b.iter(|| Sha256::digest(black_box(&baked_png))));
    c.bench_function("bake png 80 kB", |b| b.iter(|| bake_png(black_box(&png), &text)));
    c.bench_function("unbake png 80 kB", |b| b.iter(|| unbake_png(black_box(&baked_png))));
    c.bench_function("open png 80 kB", |b| b.iter(|| open("a.png", black_box(&baked_png), Limits::default())));
    c.bench_function("bake svg", |b| b.iter(|| bake_svg(black_box(&svg), &text)));
    c.bench_function("unbake svg", |b| b.iter(|| unbake_svg(black_box(&baked_svg))));
    c.bench_function("floor: sha256 of 16 kB", |b| b.iter(|| Sha256::digest(black_box([0u8; 16_384]))));
    c.bench_function("status list decode 131,072 bits", |b| b.iter(|| Bits::decode(black_box(&encoded))));
    c.bench_function("status list encode 131,072 bits", |b| b.iter(|| black_box(&bits).encode()));
}

criterion_group!(benches, containers);
criterion_main!(benches);
