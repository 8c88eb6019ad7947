import assert from "node:assert/strict";
import { tlsOf } from "../../src/cli/certificates.ts";
import { ExitCode } from "../../src/cli/command.ts";
import { exitCodeOf, failureText, failureValue } from "../../src/cli/failure.ts";
import { UsageError } from "../../src/cli/usage-error.ts";
import { TlsError } from "../../src/transport/errors.ts";

const [key, certificate, ca] = [{ "private-key": "k" }, { certificate: "c" }, { "ca-cert": "a" }];

describe("the certificates on a command line", () => {
  it("are none when nothing is said", () => {
    assert.equal(tlsOf({ json: true, timeout: "3" }), undefined);
  });

  it("are a CA, and a certificate with its key, and the host is checked unless it isn't to be", () => {
    assert.deepEqual(tlsOf({ ...key, ...certificate, ...ca }), {
      ca: "a",
      cert: "c",
      key: "k",
      checkHostName: true,
    });
    assert.deepEqual(tlsOf({ ...ca, "no-host-check": true }), {
      ca: "a",
      cert: undefined,
      key: undefined,
      checkHostName: false,
    });
  });

  for (const [what, words, hint] of [
    ["a certificate without its key", { ...certificate, ...ca }, "give --private-key FILE"],
    ["a key without its certificate", { ...key, ...ca }, "give --certificate FILE"],
    ["a certificate without a CA to trust", { ...key, ...certificate }, "give --ca-cert FILE"],
    ["no check of the host without a CA to trust", { "no-host-check": true }, "give --ca-cert FILE"],
  ] as const) {
    it(`are refused when there is ${what}`, () => {
      assert.throws(
        () => tlsOf(words),
        (error: unknown) => error instanceof UsageError && error.hint === hint,
      );
    });
  }
});

const failure = (problem: TlsError["problem"]): TlsError =>
  new TlsError("ssl:a:1", { problem, reason: "so it is" });

describe("a failure of TLS", () => {
  it("is wrong input when the files are wrong or missing, and else no connection", () => {
    assert.equal(exitCodeOf(failure("not-configured")), ExitCode.wrongInput);
    assert.equal(exitCodeOf(failure("files")), ExitCode.wrongInput);
    for (const problem of ["certificate-required", "unknown-ca", "expired", "refused", "not-tls"] as const) {
      assert.equal(exitCodeOf(failure(problem)), ExitCode.noConnection);
    }
  });

  it("says what to give", () => {
    assert.equal(
      failureText(failure("not-configured")),
      "TLS with ssl:a:1: so it is; give --ca-cert FILE, --private-key FILE and --certificate FILE",
    );
    assert.match(failureText(failure("host-name")), /; --no-host-check takes it all the same$/);
    assert.equal(failureText(failure("expired")), "TLS with ssl:a:1: so it is");
  });

  it("tells programs which problem it is", () => {
    assert.deepEqual(failureValue(failure("expired")), {
      error: {
        code: "ERR_TLS",
        message: "TLS with ssl:a:1: so it is",
        hint: undefined,
        target: "ssl:a:1",
        problem: "expired",
      },
      exitCode: 3,
    });
  });
});
