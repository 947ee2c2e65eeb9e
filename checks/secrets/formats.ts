/** Words in names of secrets. Whole words only: `AUTHOR` and `TOKENS_PER_SECOND` do not match. */
const secretWords = [
    "apikey",
    "api_key",
    "auth_token",
    "access_key",
    "client_secret",
    "credential",
    "credentials",
    "passphrase",
    "passwd",
    "password",
    "private_key",
    "pwd",
    "secret",
    "signing_key",
    "token",
].join("|");
const secretWordPattern = new RegExp(`(^|_)(${secretWords})($|_)`, "i");

/** Suffixes of names for the location of a secret. */
const locationSuffix = /_(arn|id|name|path|url)$/i;

/** `database_Password` for `databasePassword` and `database-Password`. */
const separateWords = (name: string): string => name.replace(/([a-z\d])([A-Z])/g, "$1_$2").replace(/[.-]/g, "_");

/** Whether a variable or tag with this name would contain a secret. */
export const isSecretName = (name: string): boolean =>
    secretWordPattern.test(separateWords(name)) && !locationSuffix.test(separateWords(name));

/** Formats of credentials, independent of names. */
const credentialFormats: Readonly<Record<string, RegExp>> = {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    "an AWS access key ID": /(?<![A-Z0-9])(AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/,
    // RFC 7468, section 10, and the format of OpenSSH.
    "a private key": /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/,
    // RFC 7519: three parts in base64url, of which the first two are JSON objects.
    "a JSON Web Token": /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/,
    // RFC 3986, section 3.2.1.
    "a URL with a password": /(?<=[a-z]):\/\/[^\s/:@"]+:[^\s/@"$<{]+@/i,
    // https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    "a GitHub token": /(?<!\w)(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,})/,
};

/** Key in `credentialFormats` of a credential in the text; undefined without one. */
export const findCredentialFormat = (text: string): string | undefined =>
    Object.entries(credentialFormats).find(([, format]) => format.test(text))?.[0];
