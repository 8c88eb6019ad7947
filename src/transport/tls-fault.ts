// What OpenSSL's and Node's error codes of a TLS handshake mean to somebody who has to mend it: whose certificate it is, and what is
// wrong with it. The codes are stable; their texts name files of OpenSSL's sources.

/** What keeps TLS from coming about. */
export type TlsProblem =
  /** The method is `ssl:` or `pssl:`, and there is no option `tls`. */
  | "not-configured"
  /** A file can't be read or isn't what it should be, or certificate and key don't belong together. */
  | "files"
  /** A side that has to show a certificate has shown none; the message says which. */
  | "certificate-required"
  /** The other end's certificate isn't signed by our CA. */
  | "unknown-ca"
  /** The other end's certificate has expired. */
  | "expired"
  /** The other end's certificate isn't valid yet. */
  | "not-yet-valid"
  /** The other end's certificate is for another host name. */
  | "host-name"
  /** The other end has refused our certificate; the message says why, if it did. */
  | "refused"
  /** The two sides have no version of TLS, or no cipher, in common. */
  | "version"
  /** The other end doesn't speak TLS. */
  | "not-tls"
  /** Anything else. */
  | "handshake";

/** A problem, and its one line for people. */
export interface TlsFault {
  readonly problem: TlsProblem;
  readonly reason: string;
}

const unknownCa: TlsFault = { problem: "unknown-ca", reason: "its certificate isn't signed by the CA given" };
const version: TlsFault = { problem: "version", reason: "no version of TLS or no cipher in common" };
const notTls: TlsFault = { problem: "not-tls", reason: "it doesn't speak TLS" };

function refused(why: string): TlsFault {
  return { problem: "refused", reason: `it refused our certificate: ${why}` };
}

/** The other end's alert that says nothing but no. At TLS 1.2 it is also the answer to a missing certificate. */
const handshakeFailure = "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE";

const maybeWanted: TlsFault = {
  problem: "certificate-required",
  reason: "it refused the handshake, most likely since no certificate was given",
};

/** Codes of `X509_verify_cert_error_string`, of Node's own check, and of OpenSSL's reasons and alerts as Node spells them. */
const faults: ReadonlyMap<string, TlsFault> = new Map<string, TlsFault>([
  ["UNABLE_TO_GET_ISSUER_CERT", unknownCa],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", unknownCa],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", unknownCa],
  ["SELF_SIGNED_CERT_IN_CHAIN", unknownCa],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", unknownCa],
  ["CERT_SIGNATURE_FAILURE", unknownCa],
  ["INVALID_CA", unknownCa],
  ["CERT_HAS_EXPIRED", { problem: "expired", reason: "its certificate, or its CA's, has expired" }],
  [
    "CERT_NOT_YET_VALID",
    { problem: "not-yet-valid", reason: "its certificate, or its CA's, isn't valid yet" },
  ],
  [
    "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE",
    { problem: "certificate-required", reason: "it showed no certificate" },
  ],
  [
    "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
    { problem: "certificate-required", reason: "it wants a certificate, and none was given" },
  ],
  ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", refused("its CA is another")],
  ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", refused("it has expired")],
  ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED", refused("it is revoked")],
  ["ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", refused("it is bad")],
  ["ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", refused("it is of a kind that isn't supported")],
  ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN", refused("it didn't say why")],
  ["ERR_SSL_TLSV1_ALERT_ACCESS_DENIED", refused("access denied")],
  [handshakeFailure, { problem: "handshake", reason: "it refused the handshake" }],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", version],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", version],
  ["ERR_SSL_NO_SHARED_CIPHER", version],
  ["ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY", version],
  ["ERR_SSL_WRONG_VERSION_NUMBER", notTls],
  ["ERR_SSL_HTTP_REQUEST", notTls],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", notTls],
]);

/** An error of Node's, or as much of one as there is. */
interface Coded {
  readonly code?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
}

/** What an error says of TLS; undefined when it is of something else. `ourCertificate`: whether we have one to show. */
export function tlsFault(error: unknown, ourCertificate = true): TlsFault | undefined {
  const { code, reason, message }: Coded = typeof error === "object" && error !== null ? error : {};
  if (typeof code !== "string") return undefined;
  if (code === handshakeFailure && !ourCertificate) return maybeWanted;
  const known = faults.get(code);
  if (known !== undefined) return known;
  if (!/^ERR_(?:SSL|TLS|OSSL)_/.test(code)) return undefined;
  // OpenSSL's words, without the numbers around them.
  const words = [reason, message, code].find((text) => typeof text === "string") as string;
  if (code !== "ERR_TLS_CERT_ALTNAME_INVALID") return { problem: "handshake", reason: words };
  return { problem: "host-name", reason: `its certificate is for another host (${words})` };
}
