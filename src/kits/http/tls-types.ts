// The types of the module that concern TLS, certificates and identities, as the SDK declares them.

import type { CertType, TlsVersion } from './constants.ts';

/** Paths of a client certificate and of its key. */
export interface ClientCert {
  /** Path of the certificate. A PEM file may hold the key, too; a P12 file always does. */
  certPath: string;
  /** The format of both files. Default PEM. */
  certType?: CertType;
  /** Path of the private key; `''` where the certificate's file holds it. */
  keyPath: string;
  /** The passphrase of the key. Default `''`. */
  keyPassword?: string;
}

/** The public key that the server's certificate must have. */
export interface CertificatePinning {
  /** The digest of the public key (SubjectPublicKeyInfo in DER), in Base64. */
  publicKeyHash: string;
  /** The digest; there is one. */
  hashAlgorithm: 'SHA-256';
}

/** A user name and a password. */
export interface Credential {
  /** The user name. */
  username: string;
  /** The password. */
  password: string;
}

/** How the server authenticates the application. */
export type AuthenticationType = 'basic' | 'ntlm' | 'digest';

/** The identity of the application, for a server that asks. */
export interface ServerAuthentication {
  /** User name and password. */
  credential: Credential;
  /**
   * `'basic'` sends the credential at once; `'digest'` answers the challenge of the server; absent: what the server offers.
   * Off the device: `'ntlm'` fails with 801.
   */
  authenticationType?: AuthenticationType;
}

/** Cipher suites of TLS 1.3. */
export type TlsV13SpecificCipherSuite =
  | 'TLS_AES_128_GCM_SHA256'
  | 'TLS_AES_256_GCM_SHA384'
  | 'TLS_CHACHA20_POLY1305_SHA256';

/** Cipher suites of TLS 1.2. */
export type TlsV12SpecificCipherSuite =
  | 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'
  | 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'
  | 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'
  | 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'
  | 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'
  | 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'
  | 'TLS_RSA_WITH_AES_128_GCM_SHA256'
  | 'TLS_RSA_WITH_AES_256_GCM_SHA384';

/** Cipher suites of TLS 1.0 and later. */
export type TlsV10SpecificCipherSuite =
  | 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA'
  | 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA'
  | 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA'
  | 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA'
  | 'TLS_RSA_WITH_AES_128_CBC_SHA'
  | 'TLS_RSA_WITH_AES_256_CBC_SHA'
  | 'TLS_RSA_WITH_3DES_EDE_CBC_SHA';

/** Cipher suites that TLS 1.0 may use. */
export type TlsV10CipherSuite = TlsV10SpecificCipherSuite;
/** Cipher suites that TLS 1.1 may use: those of TLS 1.0. */
export type TlsV11CipherSuite = TlsV10CipherSuite;
/** Cipher suites that TLS 1.2 may use. */
export type TlsV12CipherSuite = TlsV11CipherSuite | TlsV12SpecificCipherSuite;
/** Cipher suites that TLS 1.3, or an earlier version, may use. */
export type TlsV13CipherSuite = TlsV12CipherSuite | TlsV13SpecificCipherSuite;
/** A cipher suite, by its IANA name. */
export type CipherSuite = TlsV13CipherSuite;

/** Which versions of TLS and which cipher suites may be used. */
export interface TlsConfig {
  /** The earliest version. */
  tlsVersionMin: TlsVersion;
  /** The latest version. */
  tlsVersionMax: TlsVersion;
  /** The cipher suites. Default: all that the system has. */
  cipherSuites?: CipherSuite[];
}

/** The system's choice, or one's own. */
export type TlsOptions = 'system' | TlsConfig;

/**
 * TLS, or its Chinese national variant.
 * Off the device: `'TLCP'` fails with 801.
 */
export type SslType = 'TLS' | 'TLCP';

/**
 * A certificate of `@kit.DeviceCertificateKit`.
 * Off the device: there are none.
 */
export type X509Cert = object;

/** What a validation of one's own gets. */
export interface ValidationContext {
  /** The certificates that the server sent, its own first, as PEM. */
  pemCerts: string[];
  /**
   * The same as objects.
   * Off the device: always empty, as devices of API 26 have it.
   */
  x509Certs: X509Cert[];
  /** The host of the request. */
  host: string;
  /** The address that it is connected to. */
  ip: string;
}

/** Decides whether a server's certificates are accepted. Nothing else is checked then. */
export type ValidationCallback = (context: ValidationContext) => boolean | Promise<boolean>;

/** By the system's certificate authorities, not at all, or by a function. */
export type RemoteValidation = 'system' | 'skip' | ValidationCallback;
