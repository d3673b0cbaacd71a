/**
 * What a secret looks like, as data.
 *
 * A shape rule knows a secret by its own form: vendors give their keys a prefix so that scanners can.
 * A name rule knows it by the name that it stands under. To add a rule, add a row and its vectors in
 * `secret-scan.test.ts`; the filter is built from `literals` and `names`. Patterns must take
 * linear time on any text: every repetition has an upper bound, or starts where the character before
 * cannot belong to it. The secret is the first group, or the whole match. Forms are those which the
 * vendors document, and the rule sets of gitleaks, detect-secrets and GitHub agree on.
 */

/**
 * What a match must be besides: letters and digits as a generator makes them, not words; base64 of
 * `user:password`; no mask or placeholder such as `***` or `${PASSWORD}`.
 */
export type ShapeCheck = "random" | "basic" | "unmasked";

/** A character that must follow a literal, or the literal is no reason to look closer. */
export interface Follow {
  readonly character: string;
  readonly within: number;
  /** Characters that end the search. */
  readonly unless: string;
}

export interface ShapeRule {
  readonly id: string;
  readonly description: string;
  readonly pattern: RegExp;
  /** Every match holds one of these, three characters at least. Case counts, unless `fold`. */
  readonly literals: readonly string[];
  readonly fold?: boolean;
  readonly follow?: Follow;
  readonly check?: ShapeCheck;
}

export interface NameRule {
  readonly id: string;
  readonly description: string;
  /**
   * Words that a name holds, in lower case; `-` stands for any separator, or none. So `api-key` is
   * found in `apiKey`, `X-API-Key` and `MY_APIKEY`.
   */
  readonly names: readonly string[];
  /** `random`: only a value that looks generated. `any`: whatever is no mask or placeholder. */
  readonly value: "random" | "any";
}

/** First character not part of a longer word: what makes an open run linear, too. */
const start = "(?<![A-Za-z0-9])";

const shape = (source: string, flags = "g"): RegExp => new RegExp(source, flags);

export const shapeRules: readonly ShapeRule[] = [
  {
    id: "private-key",
    description: "a private key block (PEM, OpenSSH, PGP)",
    pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----).){0,8192}/gs,
    literals: ["-----BEGIN"],
  },
  {
    id: "age-key",
    description: "an age secret key",
    pattern: /AGE-SECRET-KEY-1[0-9A-Z]{58}/g,
    literals: ["AGE-SECRET-KEY-1"],
  },
  {
    id: "aws-access-key",
    description: "an AWS access key id",
    pattern: shape(`${start}(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])`),
    literals: ["AKIA", "ASIA", "ABIA", "ACCA"],
  },
  {
    id: "gcp-api-key",
    description: "a Google API key",
    pattern: /AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/g,
    literals: ["AIza"],
  },
  {
    id: "gcp-oauth",
    description: "a Google OAuth access token or client secret",
    pattern: /(?:ya29\.[0-9A-Za-z_-]{20,256}|GOCSPX-[0-9A-Za-z_-]{28})/g,
    literals: ["ya29.", "GOCSPX-"],
  },
  {
    id: "azure-key",
    description: "an Azure storage or Service Bus key",
    pattern: /(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{43,86}={1,2})/g,
    literals: ["AccountKey=", "SharedAccessKey="],
  },
  {
    id: "azure-sas",
    description: "an Azure shared access signature",
    pattern: /[?&;]sig=([A-Za-z0-9+/%]{43,128}(?:%3[Dd]|=))/g,
    literals: ["?sig=", "&sig=", ";sig="],
  },
  {
    id: "azure-client-secret",
    description: "a Microsoft Entra client secret",
    pattern:
      /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])/g,
    literals: ["7Q~", "8Q~"],
  },
  {
    id: "github-token",
    description: "a GitHub token",
    pattern: /(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{36,251})/g,
    literals: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
  },
  {
    id: "gitlab-token",
    description: "a GitLab token",
    pattern: /gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat)-[A-Za-z0-9_-]{20,256}/g,
    literals: [
      ...["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-"],
      ...["glft-", "glimt-", "glagent-", "gloas-", "glsoat-"],
    ],
  },
  {
    id: "slack-token",
    description: "a Slack token or webhook",
    pattern:
      /(?:xox[abeoprs]-[A-Za-z0-9-]{10,256}|xapp-\d-[A-Za-z0-9-]{10,256}|hooks\.slack\.com\/services\/T\w{6,16}\/B\w{6,16}\/\w{20,32})/g,
    literals: [
      ...["xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-"],
      "hooks.slack.com",
    ],
  },
  {
    id: "stripe-key",
    description: "a Stripe secret or restricted key, or webhook secret",
    pattern: /(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,256}|whsec_[A-Za-z0-9+/]{32,64})/g,
    literals: ["sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"],
  },
  {
    id: "npm-token",
    description: "an npm token",
    pattern: shape(`${start}npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])`),
    literals: ["npm_"],
  },
  {
    id: "pypi-token",
    description: "a PyPI token",
    pattern: /pypi-AgE[A-Za-z0-9_-]{40,512}/g,
    literals: ["pypi-AgE"],
  },
  {
    id: "openai-key",
    description: "an OpenAI key",
    pattern:
      /sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,256}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})/g,
    literals: ["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-", "T3BlbkFJ"],
  },
  {
    id: "anthropic-key",
    description: "an Anthropic key",
    pattern: /sk-ant-[A-Za-z0-9_-]{24,256}/g,
    literals: ["sk-ant-"],
  },
  {
    id: "sendgrid-key",
    description: "a SendGrid key",
    pattern: shape(`${start}SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])`),
    literals: ["SG."],
  },
  {
    id: "twilio-key",
    description: "a Twilio API key",
    pattern: shape(`${start}SK[0-9a-f]{32}(?![A-Za-z0-9])`),
    literals: [..."0123456789abcdef"].map((digit) => `SK${digit}`),
  },
  {
    id: "huggingface-token",
    description: "a Hugging Face token",
    pattern: shape(`${start}hf_[A-Za-z0-9]{34}(?![A-Za-z0-9])`),
    literals: ["hf_"],
  },
  {
    id: "vault-token",
    description: "a HashiCorp Vault token",
    pattern: shape(`${start}hv[sbr]\\.[A-Za-z0-9_-]{24,256}`),
    literals: ["hvs.", "hvb.", "hvr."],
  },
  {
    id: "digitalocean-token",
    description: "a DigitalOcean token",
    pattern: /do[opr]_v1_[a-f0-9]{64}/g,
    literals: ["doo_v1_", "dop_v1_", "dor_v1_"],
  },
  {
    id: "databricks-token",
    description: "a Databricks token",
    pattern: shape(`${start}dapi[a-f0-9]{32}(?![A-Za-z0-9])`),
    literals: ["dapi"],
  },
  {
    id: "aiven-password",
    description: "an Aiven service password",
    pattern: shape(`${start}AVNS_[A-Za-z0-9_-]{15,64}`),
    literals: ["AVNS_"],
  },
  {
    id: "grafana-token",
    description: "a Grafana service account token",
    pattern: shape(`${start}glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}`),
    literals: ["glsa_"],
  },
  {
    id: "shopify-token",
    description: "a Shopify token",
    pattern: /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/g,
    literals: ["shpat_", "shpca_", "shppa_", "shpss_"],
  },
  {
    id: "docker-token",
    description: "a Docker Hub token",
    pattern: /dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,32}/g,
    literals: ["dckr_pat_", "dckr_oat_"],
  },
  {
    id: "bearer-auth",
    description: "a bearer token",
    pattern: shape(`${start}bearer\\s{1,4}([A-Za-z0-9._~+/=-]{16,1024})`, "gi"),
    literals: ["bearer "],
    fold: true,
    check: "random",
  },
  {
    id: "basic-auth",
    description: "a user and password for basic authentication",
    pattern: shape(`${start}basic\\s{1,4}([A-Za-z0-9+/]{6,512}={0,2})`, "gi"),
    literals: ["basic "],
    fold: true,
    check: "basic",
  },
  {
    id: "jwt",
    description: "a JSON Web Token",
    pattern:
      /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.(?:eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*|[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{16,})/g,
    literals: [".eyJ", "eyJhbGci", "eyJlbmMi", "eyJraWQi", "eyJ0eXAi", "eyJjdHki", "eyJ6aXAi"],
  },
  {
    id: "url-credentials",
    description: "a URL with a password in it",
    pattern: /:\/\/[^\s/?#@:"'<>]{0,128}:([^\s/?#@"'<>]{1,128})@/g,
    literals: ["://", ":\\/\\/"],
    follow: { character: "@", within: 260, unless: "/?#\"'<> \t\r\n" },
    check: "unmasked",
  },
];

const named = (about: string, names: readonly string[], value: NameRule["value"]): NameRule => ({
  id: `${about.replaceAll(" ", "-")}-value`,
  description: `a ${value === "any" ? "" : "random "}value under a name such as ${about}`,
  names,
  value,
});

export const nameRules: readonly NameRule[] = [
  named("password", ["password", "passwd", "passphrase", "passwort", "pwd"], "any"),
  named("api key", ["api-key", "access-key", "account-key", "signing-key"], "random"),
  named("private key", ["private-key", "encryption-key"], "random"),
  named("connection string", ["connection-string"], "random"),
  named("secret", ["secret"], "random"),
  named("token", ["token"], "random"),
  named("authorization", ["authorization", "set-cookie"], "random"),
  named("credential", ["credential"], "random"),
];
