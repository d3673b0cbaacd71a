/**
 * For each rule, texts that hold a secret and texts that come near and hold none. Written in pieces,
 * so that nobody's scanner takes this file for a leak. No vector is a live secret.
 */

export const hex = (count: number, from = 0): string =>
  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    .repeat(2)
    .slice(from, from + count);
export const mixed = (count: number, from = 0): string =>
  "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7nP9rS1uV3xY5".repeat(6).slice(from, from + count);
const upper = (count: number): string => "Q7ZLKJ3M5N2P4R6T8V0X".repeat(4).slice(0, count);
export const pem = (kind: string, body = mixed(64)): string =>
  `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----\n`;

export interface Row {
  readonly rule: string;
  readonly secret: readonly string[];
  readonly harmless: readonly string[];
}

export const jwtHead = `eyJ${"hbGciOiJIUzI1NiJ9"}`;
export const jwtBody = `eyJ${"zdWIiOiIxMjM0NTY3ODkwIn0"}`;

export const shapeRows: readonly Row[] = [
  {
    rule: "private-key",
    secret: [
      pem("PRIVATE KEY"),
      pem("RSA PRIVATE KEY"),
      pem("PGP PRIVATE KEY BLOCK"),
      pem("OPENSSH PRIVATE KEY"),
    ],
    harmless: [
      pem("PUBLIC KEY"),
      pem("CERTIFICATE"),
      "BEGIN PRIVATE KEY",
      "----- BEGIN PRIVATE KEY -----",
    ],
  },
  {
    rule: "age-key",
    secret: [
      `AGE-SECRET-KEY-1${upper(58)}`,
      `x AGE-SECRET-KEY-1${upper(58)} y`,
      `age: AGE-SECRET-KEY-1${"Q".repeat(58)}`,
    ],
    harmless: [
      `AGE-SECRET-KEY-1${upper(57)}`,
      `age1${"q".repeat(58)}`,
      `AGE-SECRET-KEY-2${upper(58)}`,
    ],
  },
  {
    rule: "aws-access-key",
    secret: [
      `AKIA${"IOSFODNN7EXAMPLE"}`,
      `id=ASIA${upper(16)};`,
      `(ABIA${upper(16)})`,
      `ACCA${upper(16)}`,
    ],
    harmless: [
      `AKIA${upper(15)}`,
      `AKIA${upper(17)}`,
      `XAKIA${upper(16)}`,
      `akia${upper(16)}`,
      "AKIAlongLowerCaseName",
    ],
  },
  {
    rule: "gcp-api-key",
    secret: [
      `AIza${mixed(35)}`,
      `?key=AIza${mixed(35, 5)}&x=1`,
      `AIza${"_".repeat(17)}${mixed(18)}`,
    ],
    harmless: [`AIza${mixed(34)}`, `AIza${mixed(36)}`, `aiza${mixed(35)}`],
  },
  {
    rule: "gcp-oauth",
    secret: [`ya29.${mixed(40)}`, `GOCSPX-${mixed(28)}`, `x=ya29.a0${mixed(60)}`],
    harmless: [`ya29.${mixed(19)}`, `GOCSPX-${mixed(27)}`, `ya30.${mixed(40)}`],
  },
  {
    rule: "azure-key",
    secret: [
      `AccountName=a;AccountKey=${mixed(86)}==;`,
      `SharedAccessKey=${mixed(43)}=`,
      `x;AccountKey=${mixed(86, 7)}==`,
    ],
    harmless: [
      "AccountKey=short==",
      `SharedAccessKeyName=${"RootManageSharedAccessKey"}`,
      `AccountKey=${"$"}{ACCOUNT_KEY}`,
    ],
  },
  {
    rule: "azure-sas",
    secret: [
      `?sv=2022&sig=${mixed(43)}%3D`,
      `https://a.example/c?sig=${mixed(43)}%3D`,
      `&amp;sig=${mixed(43, 3)}=`,
    ],
    harmless: [`?sig=${mixed(20)}%3D`, `&design=${mixed(43)}%3D`, `signature ${mixed(43)}%3D`],
  },
  {
    rule: "azure-client-secret",
    secret: [`abc8Q~${mixed(34)}`, `=a.c7Q~${mixed(31)}`, `"Xy18Q~${mixed(33)}"`],
    harmless: [`abc8Q~${mixed(30)}`, `abc9Q~${mixed(34)}`, `abcd8Q~${mixed(40)}`],
  },
  {
    rule: "github-token",
    secret: [
      `ghp_${mixed(36)}`,
      `ghs_${mixed(40)}`,
      `github_pat_${mixed(22)}_${mixed(59)}`,
      `x-gho_${mixed(36)}`,
    ],
    harmless: [`ghp_${mixed(35)}`, `ghx_${mixed(36)}`, "github_pat_of_mine", `ghp-${mixed(36)}`],
  },
  {
    rule: "gitlab-token",
    secret: [`glpat-${mixed(20)}`, `gldt-${mixed(22)}`, `glagent-${mixed(50)}`],
    harmless: [`glpat-${mixed(19)}`, `glxat-${mixed(20)}`, `glpat_${mixed(20)}`],
  },
  {
    rule: "slack-token",
    secret: [
      `xoxb-123456789012-${mixed(24)}`,
      `xapp-1-A012-${mixed(20)}`,
      `https://hooks.slack.com/services/T0${"12345678"}/B0${"12345678"}/${mixed(24)}`,
    ],
    harmless: [
      "xoxb-short",
      `xoxz-${mixed(24)}`,
      "https://hooks.slack.com/services/",
      `xoxb${mixed(24)}`,
    ],
  },
  {
    rule: "stripe-key",
    secret: [`sk_live_${mixed(24)}`, `rk_test_${mixed(24)}`, `whsec_${mixed(32)}`],
    harmless: [`pk_live_${mixed(24)}`, `sk_live_${mixed(15)}`, `whsec_${mixed(31)}`],
  },
  {
    rule: "npm-token",
    secret: [`npm_${mixed(36)}`, `//registry/:_x=npm_${mixed(36, 4)}`, `"npm_${mixed(36, 9)}"`],
    harmless: [`npm_${mixed(35)}`, `npm_${mixed(37)}`, "npm_config_registry"],
  },
  {
    rule: "pypi-token",
    secret: [`pypi-AgE${mixed(60)}`, `x pypi-AgE${mixed(150)}`, `pypi-AgE${"_".repeat(40)}`],
    harmless: [`pypi-AgE${mixed(39)}`, `pypi-AgF${mixed(60)}`, "pypi-AgEnts"],
  },
  {
    rule: "openai-key",
    secret: [
      `sk-proj-${mixed(48)}`,
      `sk-${mixed(20)}T3BlbkFJ${mixed(20)}`,
      `sk-svcacct-${mixed(48)}`,
    ],
    harmless: [`sk-proj-${mixed(19)}`, `sk-${mixed(20)}T3BlbkFK${mixed(20)}`, "sk-projects"],
  },
  {
    rule: "anthropic-key",
    secret: [`sk-ant-api03-${mixed(93)}AA`, `sk-ant-admin01-${mixed(40)}`, `sk-ant-${mixed(24)}`],
    harmless: [`sk-ant-${mixed(23)}`, `sk-anton-${mixed(24)}`, "sk-ant-api03"],
  },
  {
    rule: "sendgrid-key",
    secret: [
      `SG.${mixed(22)}.${mixed(43)}`,
      `=SG.${"_".repeat(22)}.${mixed(43)}`,
      `SG.${mixed(22, 3)}.${mixed(43, 7)};`,
    ],
    harmless: [
      `SG.${mixed(21)}.${mixed(43)}`,
      `SG.${mixed(22)}.${mixed(44)}`,
      `MSG.${mixed(22)}.${mixed(43)}`,
    ],
  },
  {
    rule: "twilio-key",
    secret: [`SK${hex(32)}`, `/Keys/SK${hex(32, 3)}.json`, `SK${"0".repeat(32)}`],
    harmless: [`SK${hex(31)}`, `SK${hex(33)}`, `AC${hex(32)}`, `SKU-${hex(32)}`],
  },
  {
    rule: "huggingface-token",
    secret: [`hf_${mixed(34)}`, `"hf_${mixed(34, 2)}"`, `x_hf_${mixed(34, 8)}`],
    harmless: [`hf_${mixed(33)}`, `hf_${mixed(35)}`, "hf_transfer"],
  },
  {
    rule: "vault-token",
    secret: [`hvs.${mixed(24)}`, `hvb.${mixed(90)}`, ` hvr.${mixed(30)}`],
    harmless: [`hvs.${mixed(23)}`, `xhvs.${mixed(24)}`, `hvx.${mixed(24)}`],
  },
  {
    rule: "digitalocean-token",
    secret: [`dop_v1_${hex(64)}`, `doo_v1_${hex(64, 5)}`, `dor_v1_${hex(64, 9)}`],
    harmless: [`dop_v1_${hex(63)}`, `dox_v1_${hex(64)}`, `dop_v2_${hex(64)}`],
  },
  {
    rule: "databricks-token",
    secret: [`dapi${hex(32)}`, `"dapi${hex(32, 1)}"`, `=dapi${hex(32, 2)}-2`],
    harmless: [`dapi${hex(31)}`, `dapi${hex(33)}`, "dapier"],
  },
  {
    rule: "aiven-password",
    secret: [`AVNS_${mixed(19)}`, `x:AVNS_${mixed(15)}`, `AVNS_${mixed(24, 5)}!`],
    harmless: [`AVNS_${mixed(14)}`, `avns_${mixed(19)}`, `AVNS-${mixed(19)}`],
  },
  {
    rule: "grafana-token",
    secret: [
      `glsa_${mixed(32)}_${hex(8)}`,
      `"glsa_${mixed(32, 5)}_${hex(8)}"`,
      `glsa_${upper(32)}_${hex(8, 8)}`,
    ],
    harmless: [
      `glsa_${mixed(31)}_${hex(8)}`,
      `glsa_${mixed(32)}_${hex(7)}`,
      `glsb_${mixed(32)}_${hex(8)}`,
    ],
  },
  {
    rule: "shopify-token",
    secret: [`shpat_${hex(32)}`, `shpss_${hex(32, 3)}`, `x:shpca_${hex(32, 7)}`],
    harmless: [`shpat_${hex(31)}`, `shpxx_${hex(32)}`, `shpat-${hex(32)}`],
  },
  {
    rule: "docker-token",
    secret: [`dckr_pat_${mixed(27)}`, `dckr_oat_${mixed(32)}`, `"dckr_pat_${mixed(27, 4)}"`],
    harmless: [`dckr_pat_${mixed(26)}`, `dckr_cat_${mixed(27)}`, `docker_pat_${mixed(27)}`],
  },
  {
    rule: "bearer-auth",
    secret: [`Bearer ${mixed(24)}`, `x: bearer ${hex(40)}`, `BEARER ${mixed(16)}==`],
    harmless: [
      "Bearer certificatesandbonds",
      `forbearer ${mixed(24)}`,
      `Bearer ${mixed(11)}`,
      "bearer of good news",
    ],
  },
  {
    rule: "basic-auth",
    secret: [
      `Basic ${btoa("jane:hunter2")}`,
      `x: basic ${btoa("a:b-c-d")}`,
      `BASIC ${btoa("user:pa ss")}`,
    ],
    harmless: [
      "Basic understanding",
      `Basic ${btoa("no colon in here")}`,
      "Visual Basic programming",
      "basic 1234567",
    ],
  },
  {
    rule: "jwt",
    secret: [
      `${jwtHead}.${jwtBody}.${mixed(43)}`,
      `x=${jwtHead}.${jwtBody}.`,
      `${jwtHead}.${mixed(60)}.${mixed(16)}.${mixed(40)}.${mixed(22)}`,
    ],
    harmless: [
      `${jwtHead}.${jwtBody}`,
      `${jwtHead}.short.x`,
      `a${jwtHead}.${jwtBody}.${mixed(43)}`,
    ],
  },
  {
    rule: "url-credentials",
    secret: [
      `amqps://jane:${"hunter2"}@broker.example:5671/v`,
      `redis://:${"p%40ss"}@cache:6379`,
      `see https://u:${"p:w"}@h.example/x`,
    ],
    harmless: [
      "https://host.example:8080/x@y",
      "amqp://guest@broker",
      "https://u:***@h.example",
      `https://${"$"}{USER}:${"$"}{PASS}@h`,
      "http://a.example/?m=a:b@c",
    ],
  },
];

/** What a name rule is tried with: `name=value`, told apart at the first `=`. */
export const nameRows: readonly Row[] = [
  {
    rule: "password-value",
    secret: [
      "password=hunter2",
      "dbPassword=Tr0ub4dor&3",
      "MQ_PASSWD=letmein",
      "user.pwd=correct horse battery",
      "Passphrase=zürich-größe",
    ],
    harmless: [
      "password=",
      "password=********",
      `password=${"$"}{DB_PASSWORD}`,
      "passwordHint=mother's maiden name",
      "password=<redacted>",
      "password=Password",
      "password_changed_at=2024-05-01T10:00:00Z",
      "passwordPolicy=strong-v2-2024",
    ],
  },
  {
    rule: "api-key-value",
    secret: [
      `apiKey=${hex(32)}`,
      `X-API-Key=${mixed(20)}`,
      `aws_access-key=${mixed(40)}`,
      `APIKEY=${hex(32, 5)}`,
    ],
    harmless: [
      "apiKey=orders-service",
      `monkey=${hex(32)}`,
      "api_key=env:ORDERS_API_KEY_2024",
      "apiKeyName=orders-v2-2024-key",
    ],
  },
  {
    rule: "private-key-value",
    secret: [`privateKey=${hex(64)}`, `PRIVATE_KEY=${mixed(43)}=`, `encryptionKey=${mixed(32)}`],
    harmless: [
      "privateKey=/etc/ssl/private/server1-2024.pem",
      `publicKey=${mixed(43)}`,
      "private-key=vault:secret/data/orders-2024",
    ],
  },
  {
    rule: "connection-string-value",
    secret: [
      `connectionString=h1;${mixed(20)}`,
      `Connection-String=${mixed(40)}`,
      `db_connection_string=${hex(40)}`,
    ],
    harmless: [
      "connectionString=redis://localhost:6379/0",
      "connectionString=broker1.example:9092,broker2.example:9092",
      "connectionString=Server=db;Database=orders",
    ],
  },
  {
    rule: "secret-value",
    secret: [`client_secret=${mixed(32)}`, `secret=${hex(32)}`, `webhookSecret=${mixed(24, 9)}`],
    harmless: [
      "secret=santa",
      "secretArn=arn:aws:secretsmanager:eu-west-1:1234:x",
      "password_secret_id=kafka-password",
      "secretary=Jane Doe 2024 x 17",
    ],
  },
  {
    rule: "token-value",
    secret: [
      `token=${hex(40)}`,
      `accessToken=${mixed(30)}`,
      `X-Auth-Token=${"550e8400-e29b-41d4-a716-446655440000"}`,
      `refresh_token=${"kQwErTzUiOpAsDfGhJkLyXcVbNm"}`,
    ],
    harmless: [
      "token=",
      "tokenType=bearer_jwt_v2_2024x",
      "token=482913",
      "token=<token-2024-05-01-x>",
      "tokens=authorizationcodegrant",
      "token=AuthorizationCodeGrantWithPkce",
      "token=https://issuer1.example/2024/token",
      "token=aaaabbbb1111",
    ],
  },
  {
    rule: "authorization-value",
    secret: [
      `authorization=${hex(32)}`,
      `Proxy-Authorization=${mixed(24)}`,
      `set-cookie=sid=${mixed(24)};Secure`,
    ],
    harmless: [
      "authorization=pending",
      "authorization=OK-1234",
      "authorizationStatus=granted-2024-05-01-x",
    ],
  },
  {
    rule: "credential-value",
    secret: [`credential=${mixed(24)}`, `kafkaCredentials=${hex(32)}`, `CREDENTIALS=${mixed(40)}`],
    harmless: [
      "credential=user-name",
      "credentialType=oauth2-client-2024",
      "credentials=file:/run/creds/a1b2c3d4",
    ],
  },
];
