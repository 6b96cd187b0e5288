// Operators, accounts and users of NATS as JSON Web Tokens, as the tool `nsc` makes them: claims, signed by the key of who grants
// them. https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt

import { Buffer } from 'node:buffer';
import { nkeys } from '@nats-io/transport-node';

type KeyPair = ReturnType<typeof nkeys.createUser>;

function coded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** @param issuer  signs. @param subject  public key of who it is for */
function token(issuer: KeyPair, subject: string, name: string, nats: object, more: object = {}): string {
  const claims = { jti: name, iat: Math.floor(Date.now() / 1000), iss: issuer.getPublicKey(), name, sub: subject };
  const text = `${coded({ typ: 'JWT', alg: 'ed25519-nkey' })}.${coded({ ...claims, ...more, nats: { ...nats, version: 2 } })}`;
  return `${text}.${Buffer.from(issuer.sign(Buffer.from(text))).toString('base64url')}`;
}

const UNBOUNDED = { subs: -1, data: -1, payload: -1 };

const LIMITS = { ...UNBOUNDED, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
/** Without these an account may have no streams. */
const STORAGE = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

/** An operator with an account for users, and the one that JetStream needs for itself. */
export class NatsOperator {
  readonly #operator = nkeys.createOperator();
  readonly #account = nkeys.createAccount();

  /** What the file of a server has. */
  get configuration(): string {
    const operator = this.#operator;
    const [account, system] = [this.#account.getPublicKey(), nkeys.createAccount().getPublicKey()];
    const granted = (subject: string, name: string, limits: object): string =>
      token(operator, subject, name, { type: 'account', limits, default_permissions: { pub: {}, sub: {} } });
    const preload = [
      `${account}: ${granted(account, 'account', { ...LIMITS, ...STORAGE })}`,
      `${system}: ${granted(system, 'SYS', LIMITS)}`,
    ];
    const own = token(operator, operator.getPublicKey(), 'operator', { type: 'operator' });
    return `operator: ${own}\nsystem_account: ${system}\nresolver: MEMORY\nresolver_preload: { ${preload.join(', ')} }`;
  }

  /**
   * The credentials file of a new user.
   *
   * @param expires  seconds since the epoch after which they are of no use
   */
  credentials(expires?: number): { readonly text: string; readonly secrets: readonly string[] } {
    const user = nkeys.createUser();
    const claims = { type: 'user', ...UNBOUNDED, pub: {}, sub: {} };
    const more = expires === undefined ? {} : { exp: expires };
    const granted = token(this.#account, user.getPublicKey(), 'user', claims, more);
    const seed = Buffer.from(user.getSeed()).toString();
    const text = `-----BEGIN NATS USER JWT-----
${granted}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------
`;
    return { text, secrets: [seed, granted] };
  }
}
