// A running site hands a learner's badges over in every form; other people's programs read them: openbadgeslib,
// @digitalbazaar/vc and verifier-core the credential, poppler and zbar the certificate, extruct the page.
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

/** One request; nothing is followed. */
function ask(url, {method = 'GET', headers = {}, body} = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, {method, headers}, response => {
      const parts = [];
      response.on('data', part => parts.push(part));
      response.on('end', () => resolve({status: response.statusCode, headers: response.headers, bytes: Buffer.concat(parts)}));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The demo on a port of its own, until `stop` is called. */
async function site(bin, port) {
  const running = spawn(bin, ['demo', '--port', String(port)], {stdio: 'ignore'});
  const base = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300; tries++) {
    try {
      if ((await ask(`${base}/healthz`)).status === 200) return {base, stop: () => running.kill('SIGINT')};
    } catch { /* not yet */ }
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  running.kill('SIGKILL');
  throw new Error('the demo does not answer');
}

export async function pages({bin, work, test, python, verify, signature}) {
  const {base, stop} = await site(bin, 18473);
  try {
    const door = (await ask(`${base}/sign-in`)).bytes.toString();
    const learner = [...door.matchAll(/name="person" value="([^"]+)"/g)].at(-1)?.[1];
    assert.ok(learner, 'the demo has a learner to sign in as');
    const form = {'content-type': 'application/x-www-form-urlencoded'};
    const entered = await ask(`${base}/sign-in/demo`, {method: 'POST', headers: form, body: `person=${learner}&next=/home`});
    const cookie = entered.headers['set-cookie']?.map(one => one.split(';')[0]).join('; ');
    const mine = JSON.parse((await ask(`${base}/api/v1/me/badges`, {headers: {cookie}})).bytes);
    // what has run out is refused by others, as it should be
    const current = text => !(Date.parse(JSON.parse(text).validUntil) < Date.now());
    const standing = mine.items.filter(one => one.page && !one.status && one.text.startsWith('{') && current(one.text));
    assert.ok(standing.length >= 2, `${standing.length} badges that stand`);
    const keep = (name, bytes) => {
      const file = path.join(work, name);
      fs.writeFileSync(file, bytes);
      return file;
    };
    for (const [n, one] of standing.entries()) {
      const get = async (form, headers = {}) => {
        const answer = await ask(`${one.page}${form}`, {headers});
        assert.equal(answer.status, 200, `${form}: ${answer.bytes.toString().slice(0, 300)}`);
        return answer.bytes;
      };
      await test(`a badge's page hands over what openbadgeslib verifies (${n + 1})`, async () => {
        for (const [form, ending] of [['/badge.png', 'png'], ['/badge.svg', 'svg'], ['.json', 'json'], ['.jwt', 'jwt']]) {
          const file = keep(`page-${n}.${ending}`, await get(form));
          const answer = python('verify', file);
          assert.ok(answer.ok, `${form}: ${answer.error}`);
          if (ending !== 'jwt') assert.equal(python('unbake', file).text, one.text, form);
        }
      });
      await test(`its id gives exactly what was signed, which others verify (${n + 1})`, async () => {
        const text = (await get('', {accept: 'application/vc'})).toString();
        assert.equal(text, one.text);
        const loader = async url => JSON.parse((await ask(url)).bytes);
        const result = await verify(JSON.parse(text), base, loader);
        assert.ok(result.verified, JSON.stringify(result.error ?? result, null, 1).slice(0, 2000));
        const other = await signature(JSON.parse(text));
        assert.ok(other.valid, other.why);
      });
      await test(`its certificate carries it, says it and leads to it (${n + 1})`, async () => {
        const pdf = keep(`page-${n}.pdf`, await get('/certificate.pdf'));
        const out = path.join(work, `attached-${n}`);
        execFileSync('pdfdetach', ['-save', '1', '-o', out, pdf], {stdio: 'ignore'});
        assert.equal(fs.readFileSync(out, 'utf8'), one.text);
        const words = execFileSync('pdftotext', ['-layout', pdf, '-'], {encoding: 'utf8'});
        assert.ok(words.includes('Certificate') && words.includes('has earned'), words);
        execFileSync('pdftoppm', ['-r', '150', '-png', '-singlefile', pdf, path.join(work, `sheet-${n}`)]);
        const code = execFileSync('zbarimg', ['-q', '--raw', path.join(work, `sheet-${n}.png`)], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
        assert.equal(code.trim(), one.page);
      });
    }
    await test('extruct reads what the page tells programs', async () => {
      const file = keep('page.html', (await ask(standing[0].page, {headers: {accept: 'text/html'}})).bytes);
      const found = python('page', file, standing[0].page);
      const credential = found['json-ld'].find(each => each['@type'] === 'EducationalOccupationalCredential');
      assert.equal(credential['@id'], standing[0].page);
      assert.ok(credential.recognizedBy.name && credential.credentialCategory, JSON.stringify(credential));
      const tags = Object.fromEntries(found.opengraph[0].properties);
      assert.equal(tags['og:image'], `${standing[0].page}/og.png`);
      assert.equal((await ask(tags['og:image'])).headers['content-type'], 'image/png');
    });
  } finally {
    stop();
  }
}
