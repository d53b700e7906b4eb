// Other people's verifiers read what Cairn signs, Cairn reads what they sign, and altered badges are refused both ways.
// Everything runs offline: contexts come from the packages, keys are did:key, status lists are files.
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {securityLoader} from '@digitalcredentials/security-document-loader';
import {verifyCredential as dccVerify} from '@digitalcredentials/verifier-core';
import * as jose from 'jose';

import {pages} from './pages.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const bin = process.env.CAIRN_BIN ?? path.join(here, '../target/debug/cairn');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'cairn-interop-'));
process.on('exit', () => fs.rmSync(work, {recursive: true, force: true}));

const say = console.log.bind(console);
let passed = 0;
const failures = [];
async function test(name, body) {
  try {
    await body();
    passed++;
    say(`ok   ${name}`);
  } catch (error) {
    failures.push(name);
    say(`FAIL ${name}\n     ${String(error.stack ?? error).split('\n').slice(0, 12).join('\n     ')}`);
  }
}

/** Runs cairn and parses its JSON; exit codes 0 and 1 are answers, 2 is not. */
function cairn(args, {allow = [0, 1]} = {}) {
  const done = spawnSync(bin, args, {encoding: 'utf8', maxBuffer: 64 << 20});
  assert.ok(allow.includes(done.status), `cairn ${args.join(' ')} exited ${done.status}: ${done.stderr}`);
  return done.stdout;
}
function verdictOf(file, extra = []) {
  const report = JSON.parse(cairn(['verify', file, '--offline', '--json', ...extra]));
  assert.equal(report.items.length, 1);
  assert.equal(report.items[0].is, 'credential', JSON.stringify(report.items[0].problem));
  return report.items[0].verdict;
}
function python(...args) {
  return JSON.parse(execFileSync('python3', [path.join(here, 'openbadges.py'), ...args], {encoding: 'utf8'}));
}
const write = (name, text) => {
  const file = path.join(work, name);
  fs.writeFileSync(file, text);
  return file;
};

// --- documents that other verifiers may ask for: contexts, did:key, and the samples' status lists from files
const samples = path.join(work, 'samples');
const packaged = securityLoader().build();
async function documentLoader(url) {
  if (url.startsWith('https://demo.cairn.example/status/')) {
    const file = path.join(samples, 'status', `${path.basename(url)}.json`);
    return {contextUrl: null, documentUrl: url, document: JSON.parse(fs.readFileSync(file, 'utf8'))};
  }
  return packaged(url);
}
const suite = () => new DataIntegrityProof({cryptosuite});
async function bazaar(credential) {
  const result = await vc.verifyCredential({
    credential, suite: suite(), documentLoader,
    checkStatus: options => checkStatus({...options, verifyBitstringStatusListCredential: true, verifyMatchingIssuers: true})
  });
  return result;
}
/** verifier-core fetches status lists by itself: answer those addresses from the files. */
// Its schema check wants the network and says so at length on the console; signatures, dates and status do not.
console.error = console.log = () => {};
const realFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const url = String(input?.url ?? input);
  if (url.startsWith('https://demo.cairn.example/status/')) {
    const {document} = await documentLoader(url);
    return new Response(JSON.stringify(document), {headers: {'content-type': 'application/json'}});
  }
  if (url.startsWith('http')) throw new Error(`offline: ${url}`);
  return realFetch(input, init);
};
const dccSignature = async credential => {
  const result = await dccVerify({credential, knownDIDRegistries: []});
  if (result.errors?.length) return {valid: false, why: result.errors.map(e => e.name ?? e.message).join()};
  const step = result.log.find(entry => entry.id === 'valid_signature');
  return {valid: step?.valid === true, log: result.log};
};

// --- what Cairn signs
cairn(['samples', samples]);
const learners = fs.readdirSync(samples, {withFileTypes: true})
  .filter(entry => entry.isDirectory() && !['ads', 'status'].includes(entry.name)).map(entry => entry.name);
assert.ok(learners.length >= 5, `only ${learners.length} sample learners`);
const mine = [];
for (const learner of learners) {
  for (const name of fs.readdirSync(path.join(samples, learner)).sort()) {
    const file = path.join(samples, learner, name);
    const verdict = verdictOf(file, ['--trust', path.join(samples, 'trust.json')]);
    mine.push({file, name: `${learner}/${name}`, verdict, form: path.extname(name).slice(1)});
  }
}
const genuine = mine.filter(badge => badge.verdict.genuine.answer === 'yes');
const tampered = mine.filter(badge => badge.verdict.genuine.answer === 'no');
const di = genuine.filter(badge => badge.verdict.facts.secured_by.includes('eddsa-rdfc-2022'));
const jwts = genuine.filter(badge => badge.verdict.facts.secured_by.includes('EdDSA'));
assert.ok(di.length >= 3 && jwts.length >= 2 && tampered.length >= 1,
  `samples: ${di.length} Data Integrity, ${jwts.length} JWT, ${tampered.length} tampered`);

/** The signed text, taken out of an image by openbadgeslib, so that our own unbaking is not what is asked. */
function textOf(badge) {
  if (badge.form === 'png' || badge.form === 'svg') return python('unbake', badge.file).text;
  return fs.readFileSync(badge.file, 'utf8').trim();
}

for (const badge of di) {
  const credential = JSON.parse(textOf(badge));
  const dated = ['yes', 'revoked', 'suspended', 'cannot-tell'].includes(badge.verdict.current.answer);
  await test(`@digitalbazaar/vc reads ${badge.name}`, async () => {
    const result = await bazaar(credential);
    const proof = result.results?.[0];
    if (dated) assert.ok(proof?.verified, JSON.stringify(result.error?.errors?.map(String) ?? String(result.error)));
    else {
      assert.equal(result.verified, false);
      assert.match(JSON.stringify(result, (key, value) => value instanceof Error ? `${value.message} ${value.errors ?? ''}` : value), /expired|validUntil/i);
    }
  });
  await test(`verifier-core reads ${badge.name}`, async () => {
    const {valid, why, log} = await dccSignature(credential);
    assert.ok(valid, why);
    if (badge.verdict.current.answer === 'expired') assert.equal(log.find(e => e.id === 'expiration').valid, false);
  });
  await test(`openbadgeslib reads ${badge.name}`, () => {
    const answer = python('verify', badge.file);
    if (dated) assert.equal(answer.ok, true, answer.error);
    else assert.match(answer.error, /expired/i);
  });
}
for (const badge of jwts) {
  const jwt = textOf(badge);
  await test(`jose reads ${badge.name}`, async () => {
    const header = jose.decodeProtectedHeader(jwt);
    const jwk = await Ed25519Multikey.toJwk({keyPair: await Ed25519Multikey.from(didKey(header.kid))});
    const {payload} = await jose.jwtVerify(jwt, await jose.importJWK(jwk, 'EdDSA'), {currentDate: new Date('2026-11-23')});
    assert.equal(payload.iss, payload.issuer.id ?? payload.issuer);
    assert.ok(payload.jti && payload.nbf, 'jti and nbf');
    await assert.rejects(jose.jwtVerify(flipJwt(jwt), await jose.importJWK(jwk, 'EdDSA')));
  });
  await test(`openbadgeslib reads ${badge.name}`, () => {
    const answer = python('verify', badge.file);
    assert.equal(answer.ok, true, answer.error);
  });
}
function didKey(kid) {
  const did = kid.split('#')[0];
  return {'@context': 'https://w3id.org/security/multikey/v1', id: kid.includes('#') ? kid : `${did}#${did.slice(8)}`,
    type: 'Multikey', controller: did, publicKeyMultibase: did.slice('did:key:'.length)};
}
function flipJwt(jwt) {
  const [head, body, signature] = jwt.split('.');
  const payload = JSON.parse(Buffer.from(body, 'base64url'));
  payload.credentialSubject.achievement.name += ' with distinction';
  return [head, Buffer.from(JSON.stringify(payload)).toString('base64url'), signature].join('.');
}

// --- altered ones are refused by all
const good = JSON.parse(textOf(di.find(badge => badge.verdict.current.answer !== 'expired')));
const alterations = {
  'a name': c => { c.credentialSubject.achievement.name += '!'; },
  'a date': c => { c.validFrom = c.validFrom.replace(/^20../, '2019'); },
  'the proof value': c => { const p = c.proof[0]; p.proofValue = p.proofValue.slice(0, -1) + (p.proofValue.endsWith('2') ? '3' : '2'); },
  'an alignment': c => { c.credentialSubject.achievement.alignment[0].targetUrl += 'x'; },
  'a context taken away': c => { c['@context'].pop(); },
};
for (const [what, alter] of Object.entries(alterations)) {
  const altered = structuredClone(good);
  alter(altered);
  const file = write(`altered-${what.replaceAll(' ', '-')}.json`, JSON.stringify(altered));
  await test(`${what} altered: refused by all four`, async () => {
    assert.equal((await bazaar(altered)).verified, false, '@digitalbazaar/vc');
    assert.equal((await dccSignature(altered)).valid, false, 'verifier-core');
    assert.equal(python('verify', file).ok, false, 'openbadgeslib');
    assert.notEqual(verdictOf(file).genuine.answer, 'yes', 'cairn');
  });
}
for (const badge of tampered.filter(badge => badge.form === 'json')) {
  await test(`tampered sample ${badge.name}: refused by all`, async () => {
    const credential = JSON.parse(textOf(badge));
    assert.equal((await bazaar(credential)).verified, false);
    assert.equal((await dccSignature(credential)).valid, false);
    assert.equal(python('verify', badge.file).ok, false);
  });
}

// --- what others sign
const keyPair = await Ed25519Multikey.generate();
keyPair.controller = `did:key:${keyPair.publicKeyMultibase}`;
keyPair.id = `${keyPair.controller}#${keyPair.publicKeyMultibase}`;
const theirs = {
  '@context': ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'],
  id: 'urn:uuid:7b1f6c1e-5a3a-4c58-9c39-0a4f4f3f0c11',
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  issuer: {id: keyPair.controller, type: ['Profile'], name: 'Somebody Else’s Issuer'},
  validFrom: '2026-01-01T00:00:00Z',
  name: 'Données & “quotes” – 測試',
  credentialSubject: {
    id: 'did:example:learner', type: ['AchievementSubject'],
    achievement: {
      id: 'urn:uuid:0d1a5c1e-0000-4c58-9c39-0a4f4f3f0c11', type: ['Achievement'], name: 'Données & “quotes” – 測試',
      description: 'Numbers in several forms', criteria: {narrative: 'Line one\nLine two\t<tag> & "quotes" \\ backslash'},
      creditsAvailable: 2.50,
      resultDescription: [{id: 'urn:uuid:rd', type: ['ResultDescription'], name: 'Level', resultType: 'Status', allowedValue: ['low', 'high', 'low']}],
    },
    result: [{type: ['Result'], resultDescription: 'urn:uuid:rd', value: 'high'}],
  },
};
const issued = await vc.issue({credential: structuredClone(theirs), suite: new DataIntegrityProof({signer: keyPair.signer(), cryptosuite}), documentLoader: packaged});
await test('cairn reads what @digitalbazaar/vc signs', () => {
  const verdict = verdictOf(write('bazaar.json', JSON.stringify(issued)));
  assert.equal(verdict.genuine.answer, 'yes', JSON.stringify(verdict.checks, null, 1));
  assert.equal(verdict.facts.name, theirs.name);
});
await test('and refuses it with an allowed value altered', () => {
  const altered = structuredClone(issued);
  altered.credentialSubject.achievement.resultDescription[0].allowedValue[0] = 'mid';
  assert.equal(verdictOf(write('bazaar-altered.json', JSON.stringify(altered))).genuine.answer, 'no');
});
await test('and refuses it with a term that no context defines', () => {
  const altered = structuredClone(issued);
  altered.credentialSubject.totallyUndefined = 'with distinction';
  assert.notEqual(verdictOf(write('bazaar-undefined.json', JSON.stringify(altered))).genuine.answer, 'yes');
});
for (const kind of ['ldp', 'ldp-png', 'ldp-svg', 'jwt-EdDSA', 'jwt-ES256', 'jwt-RS256']) {
  await test(`cairn reads openbadgeslib's ${kind}, and refuses it altered`, () => {
    const {file, altered} = python('issue', kind, work);
    const verdict = verdictOf(file);
    assert.equal(verdict.genuine.answer, 'yes', JSON.stringify(verdict.checks, null, 1));
    assert.notEqual(verdictOf(altered).genuine.answer, 'yes', 'altered');
  });
}

// --- the offline bundle keeps its promise
await test('a bundle answers offline as its parts do', () => {
  const bundle = path.join(work, 'proof.cairn.json');
  const files = di.concat(jwts).slice(0, 4).map(badge => badge.file);
  cairn(['bundle', ...files, '--offline', '-o', bundle]);
  const report = JSON.parse(cairn(['verify', bundle, '--offline', '--json', '--trust', path.join(samples, 'trust.json')]));
  assert.equal(report.items.length, files.length);
  for (const item of report.items) assert.equal(item.verdict.genuine.answer, 'yes');
});

// --- what a running site hands over
await pages({
  bin, work, test, python, signature: dccSignature,
  verify: (credential, base, fetched) => vc.verifyCredential({
    credential, suite: suite(),
    documentLoader: async url => url.startsWith(base) ? {contextUrl: null, documentUrl: url, document: await fetched(url)} : packaged(url),
    checkStatus: options => checkStatus({...options, verifyBitstringStatusListCredential: true, verifyMatchingIssuers: true})
  })
});

say(`\ninterop: ${passed} passed, ${failures.length} failed`);
if (failures.length) {
  say(failures.map(name => `  ${name}`).join('\n'));
  process.exit(1);
}
process.exit(0);
