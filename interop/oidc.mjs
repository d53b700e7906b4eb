// Single sign-on against an outside OpenID provider (oidc-provider): an owner sets it up, somebody new comes by it and
// confirms by letter, comes again without one, and is refused when the provider does not vouch for the address.
// The provider, the mail server and the site all run on loopback.
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {Provider} from 'oidc-provider';

const here = path.dirname(fileURLToPath(import.meta.url));
const bin = process.env.CAIRN_BIN ?? path.join(here, '../target/debug/cairn');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'cairn-oidc-'));
process.on('exit', () => fs.rmSync(work, {recursive: true, force: true}));
const listen = server => new Promise(done => server.listen(0, '127.0.0.1', () => done(server.address().port)));
const freePort = async () => {
  const server = net.createServer();
  const port = await listen(server);
  await new Promise(done => server.close(done));
  return port;
};

// --- a mail server that keeps what it is given
const letters = [];
const mail = net.createServer(socket => {
  let rest = '', letter = null;
  socket.write('220 sink\r\n');
  socket.on('error', () => {});
  socket.on('data', chunk => {
    rest += chunk;
    for (let at; (at = rest.indexOf('\r\n')) >= 0; rest = rest.slice(at + 2)) {
      const line = rest.slice(0, at);
      if (letter !== null) {
        if (line === '.') { letters.push(letter); letter = null; socket.write('250 kept\r\n'); } else letter += line + '\n';
      } else if (line === 'DATA') { letter = ''; socket.write('354 go on\r\n'); }
      else socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 fine\r\n');
    }
  });
});
const mailPort = await listen(mail);
async function linkTo(address, part) {
  for (let n = 0; n < 200; n++) {
    const found = letters.findLast(letter => letter.includes(`To: ${address}`) && letter.includes(part));
    const text = found?.replaceAll('=\n', '').replaceAll('=3D', '=');
    if (text) return new RegExp(`http://localhost:\\d+${part}[\\w-]+`).exec(text)[0];
    await new Promise(on => setTimeout(on, 100));
  }
  throw new Error(`no letter to ${address} with ${part}`);
}

// --- the provider
const sitePort = await freePort();
const base = `http://localhost:${sitePort}`;
const people = {
  ada: {email: 'ada@harbour.example', email_verified: true, name: 'Ada Harbour'},
  bob: {email: 'bob@harbour.example', email_verified: false, name: 'Bob'},
  eve: {email: 'owner@elsewhere.example', email_verified: true, name: 'Eve'},
};
const providerServer = http.createServer((request, response) => provider.callback()(request, response));
const providerPort = await listen(providerServer);
const issuer = `http://127.0.0.1:${providerPort}`;
const warn = console.warn;
console.warn = console.info = () => {}; // it says at length that it is set up for tests
const provider = new Provider(issuer, {
  clients: [{client_id: 'cairn', client_secret: 'hush hush', redirect_uris: [`${base}/sign-in/sso/callback`], application_type: 'native'}],
  claims: {openid: ['sub'], email: ['email', 'email_verified'], profile: ['name']},
  pkce: {required: () => true},
  findAccount: (_, id) => ({accountId: id, claims: () => ({sub: id, ...people[id]})}),
  features: {devInteractions: {enabled: true}},
});
console.warn = warn;

/** A browser of its own: it keeps cookies, and follows redirects one by one. */
function browser() {
  const jars = new Map();
  const go = async (url, form) => {
    for (let n = 0; n < 20; n++) {
      const {host, origin} = new URL(url);
      const jar = jars.get(host) ?? jars.set(host, new Map()).get(host);
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(url, {
        redirect: 'manual', method: form ? 'POST' : 'GET', body: form && new URLSearchParams(form),
        headers: {cookie, ...(form ? {origin} : {})},
      });
      for (const line of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
        else jar.set(name, value);
      }
      const to = answer.headers.get('location');
      if (!to) return {status: answer.status, url, text: await answer.text()};
      url = new URL(to, url).href;
      form = undefined;
    }
    throw new Error('redirected for ever');
  };
  return {go, jars};
}
/** Signs in at the provider's own pages. */
async function atProvider(who, name, begun) {
  assert.equal(begun.status, 200, begun.text);
  let at = begun;
  for (let n = 0; n < 5 && at.url.startsWith(issuer); n++) {
    const action = /<form[^>]*action="([^"]+)"/.exec(at.text)?.[1];
    assert.ok(action, at.text);
    const prompt = /name="prompt" value="(\w+)"/.exec(at.text)?.[1];
    at = await who.go(new URL(action, at.url).href, prompt === 'login' ? {prompt, login: name, password: 'x'} : {prompt});
  }
  return at;
}

// --- the site
const place = ['--database', `sqlite:${work}/site.sqlite`, '--key-file', `${work}/cairn.key`, '--base-url', base];
const init = spawnSync(bin, ['init', ...place, '--name', 'Harbour', '--org', 'Harbour College', '--owner', 'owner@harbour.example'], {encoding: 'utf8', cwd: work});
assert.equal(init.status, 0, init.stdout + init.stderr);
const ownersLink = new RegExp(`${base}/sign-in/\\S+`).exec(init.stdout)[0];
const site = spawn(bin, ['serve', ...place, '--listen', `127.0.0.1:${sitePort}`, '--files', `file:${work}/files`,
  '--smtp', `smtp+plain://127.0.0.1:${mailPort}`, '--allow-private-network'], {stdio: ['ignore', 'pipe', 'pipe'], cwd: work});
let log = '';
await new Promise((good, bad) => {
  const hear = chunk => { log += chunk; if (/Cairn is ready/.test(log)) good(); };
  site.stdout.on('data', hear);
  site.stderr.on('data', hear);
  site.on('exit', code => bad(new Error(`cairn serve ended with ${code}: ${log}`)));
});
site.removeAllListeners('exit');

let failed = 0;
async function test(name, body) {
  try {
    await body();
    console.log(`ok   ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}\n     ${String(error.stack ?? error).split('\n').slice(0, 12).join('\n     ')}`);
  }
}

const owner = browser();
let slug;
await test('an owner sets up the provider', async () => {
  await owner.go(ownersLink, {name: 'Olga Owner'});
  const account = await owner.go(`${base}/account`);
  slug = /href="\/org\/([^"/]+)"/.exec(account.text)?.[1];
  assert.ok(slug, account.text.slice(0, 2000));
  const page = `${base}/org/${slug}/single-sign-on`;
  const wrong = await owner.go(page, {issuer_url: `${issuer}/nothing`, client_id: 'cairn', domains: 'harbour.example', secret: '', role: ''});
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /No provider answered/);
  const set = await owner.go(page, {issuer_url: issuer, client_id: 'cairn', secret: 'hush hush', domains: 'harbour.example', role: 'issuer'});
  assert.equal(set.status, 200, set.text);
  assert.match(set.text, /Saved/);
  assert.ok(!set.text.includes('hush hush'), 'the secret is not shown again');
});
const ada = browser();
await test('somebody new confirms by letter, in the same browser only', async () => {
  const found = await ada.go(`${base}/sign-in/sso?who=ada%40harbour.example`);
  assert.match(found.text, new RegExp(`/sign-in/sso/${slug}`));
  const back = await atProvider(ada, 'ada', await ada.go(`${base}/sign-in/sso/${slug}`));
  assert.match(back.text, /Look into your letters/, back.text.slice(0, 3000));
  const link = await linkTo('ada@harbour.example', '/sign-in/sso/confirm/');
  const stranger = await browser().go(link, {});
  assert.match(stranger.text, /in the browser in which you began/);
  const inside = await ada.go(link, {});
  assert.equal(inside.status, 200, inside.text);
  const account = await ada.go(`${base}/account`);
  assert.match(account.text, /Ada Harbour/);
  assert.match(account.text, new RegExp(`/org/${slug}`), 'she has the role of newcomers');
});
await test('and comes again without one', async () => {
  const sent = letters.length;
  ada.jars.delete(`localhost:${sitePort}`);
  const back = await atProvider(ada, 'ada', await ada.go(`${base}/sign-in/sso/${slug}`));
  assert.ok(back.url.startsWith(base) && back.status === 200, back.url);
  assert.match((await ada.go(`${base}/account`)).text, /Ada Harbour/);
  assert.equal(letters.length, sent);
});
await test('an address that the provider does not vouch for is refused', async () => {
  const bob = browser();
  const back = await atProvider(bob, 'bob', await bob.go(`${base}/sign-in/sso/${slug}`));
  assert.match(back.text, /does not vouch for your address/);
});
await test('an address of another domain is refused', async () => {
  const eve = browser();
  const back = await atProvider(eve, 'eve', await eve.go(`${base}/sign-in/sso/${slug}`));
  assert.match(back.text, /none of the organisation/);
});
await test('an answer without a question is refused', async () => {
  const answer = await browser().go(`${base}/sign-in/sso/callback?code=x&state=y`);
  assert.match(answer.text, /no sign-in under way/);
});

site.kill('SIGINT');
mail.close();
providerServer.closeAllConnections();
providerServer.close();
console.log(`single sign-on: ${failed} failed`);
process.exit(failed ? 1 : 0);
