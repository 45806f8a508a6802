// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStack } from '../../../trace/stack.js';

/** Function and place of each frame. @param {string} text */
const framesOf = (text) => parseStack(text)?.filter((l) => l.kind === 'frame').map((l) => [l.function, l.place]);

test('stack traces of the common languages', () => {
  /** @type {Record<string, [string, string[][]]>} */
  const cases = {
    Go: [
      'goroutine 7 [running]:\nmain.(*Shop).pay(0xc000014a50, {0x1, 0x2})\n\t/src/shop/pay.go:42 +0x1d\nmain.main()\n\t/src/shop/main.go:12 +0x2f\ncreated by main.start in goroutine 1\n\t/src/shop/start.go:3 +0x1',
      [['main.(*Shop).pay', '/src/shop/pay.go:42'], ['main.main', '/src/shop/main.go:12'], ['main.start', '/src/shop/start.go:3']],
    ],
    Java: [
      'java.lang.IllegalStateException: closed\n\tat shop.Pay.charge(Pay.java:12)\n\tat java.base/java.lang.Thread.run(Thread.java:829)\n\tat shop.X.<init>(Native Method)\nCaused by: java.io.IOException: x\n\tat shop.A.b(A.java:1)\n\t... 12 more',
      [['shop.Pay.charge', 'Pay.java:12'], ['java.base/java.lang.Thread.run', 'Thread.java:829'], ['shop.X.<init>', 'Native Method'], ['shop.A.b', 'A.java:1']],
    ],
    JavaScript: [
      'TypeError: x is not a function\n    at pay (/srv/pay.js:12:5)\n    at async Object.run (file:///srv/run.js:1:2)\n    at /srv/anonymous.js:3:4\n    at new Promise (<anonymous>)',
      [['pay', '/srv/pay.js:12:5'], ['Object.run', 'file:///srv/run.js:1:2'], ['', '/srv/anonymous.js:3:4'], ['new Promise', '<anonymous>']],
    ],
    Firefox: ['pay@https://shop.example/pay.js:12:5\n@https://shop.example/main.js:1:2', [['pay', 'https://shop.example/pay.js:12:5'], ['', 'https://shop.example/main.js:1:2']]],
    Python: [
      'Traceback (most recent call last):\n  File "/srv/pay.py", line 12, in charge\n    raise ValueError(x)\n  File "/srv/main.py", line 3, in <module>\n    charge()\nValueError: x',
      [['charge', '/srv/pay.py:12'], ['<module>', '/srv/main.py:3']],
    ],
    '.NET': [
      'System.InvalidOperationException: x\n   at Shop.Pay.Charge(Int32 n) in /src/Pay.cs:line 12\n   at Shop.Program.Main()\n--- End of stack trace',
      [['Shop.Pay.Charge(Int32 n)', '/src/Pay.cs:12'], ['Shop.Program.Main', '']],
    ],
    PHP: ['Exception: x\n#0 /srv/pay.php(12): Pay->charge(1)\n#1 {main}\n#2 /srv/main.php(3): main()', [['Pay->charge(1)', '/srv/pay.php:12'], ['main()', '/srv/main.php:3']]],
    Ruby: ["pay.rb:12:in `charge': x (RuntimeError)\n\tfrom main.rb:3:in `block in <main>'\n\tfrom main.rb:1:in 'Object#x'", [['block in <main>', 'main.rb:3'], ['Object#x', 'main.rb:1']]],
    Rust: ['thread panicked\n   0: shop::pay::charge\n             at ./src/pay.rs:12:5\n   1: shop::main\n             at ./src/main.rs:3', [['shop::pay::charge', './src/pay.rs:12:5'], ['shop::main', './src/main.rs:3']]],
  };
  for (const [language, [text, want]] of Object.entries(cases)) {
    assert.deepEqual(framesOf(text), want, language);
    assert.deepEqual(framesOf(text.replaceAll('\n', '\r\n')), want, language);
  }
});

test('no line is lost', () => {
  const python = 'Traceback:\n  File "a.py", line 1, in f\n    g()\n    ~^^\n  File "b.py", line 2, in g\n    h()\nValueError: x\n    and more';
  const frames = parseStack(python) ?? [];
  assert.equal(frames.map((l) => l.text).join('\n'), python);
  assert.deepEqual(frames.map((l) => l.kind), ['message', 'frame', 'frame', 'message', 'message']);

  const text = 'java.lang.Error: a\n\nb\n\tat a.b(C.java:1)\n\tat a.b(C.java:2)\n\t... 3 more';
  const lines = parseStack(text) ?? [];
  assert.equal(lines.map((l) => l.text).join('\n'), text);
  assert.deepEqual(lines.map((l) => l.kind), ['message', 'message', 'message', 'frame', 'frame', 'more']);
});

test('other text is none', () => {
  for (const text of ['', 'connection reset', 'a\nb\nc', '\tat a.b(C.java:1)', 'SELECT *\n  FROM items\n  at 12 (x)', 'mail@example.com:1\nto@example.com', 'a\n at 12:30\n']) assert.equal(parseStack(text), null, text);
});

test('long lines take no long time', () => {
  for (const piece of ['\tat ', '(', ' at a', '#0 ', '@a:1', 'x:1:', "in `", '\t.go:1', ' at a)', 'File "']) {
    const begin = performance.now();
    parseStack(`a\n${piece.repeat(20_000)}\n${' '.repeat(50_000)}x\n at ${piece.repeat(20_000)}`);
    assert.ok(performance.now() - begin < 1000, piece);
  }
});

test('a line that is made to be slow is read at once', () => {
  const started = performance.now();
  assert.equal(parseStack(`x\n  at ${') in '.repeat(40_000)}`), null);
  assert.ok(performance.now() - started < 500);
});
