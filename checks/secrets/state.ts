/** A secret that the stack's state contains, encrypted by Pulumi. */
export interface StateSecret {
    readonly type: string;
    /** Input or output that contains it. */
    readonly property: string;
    /** Why it cannot be kept out of the state. */
    readonly reason: string;
}

/**
 * The only properties in the state that may contain a secret; a rule refuses any other. The database password is not in the
 * state: RDS generates, stores and rotates it (`manageMasterUserPassword`). A write-only input, such as
 * `secretStringWo`, would not help: Pulumi writes these inputs to the state, too
 * (https://www.pulumi.com/docs/iac/concepts/secrets/).
 */
export const stateSecrets: readonly StateSecret[] = [
    {
        type: "random:index/randomPassword:RandomPassword",
        property: "result",
        reason: "the cache's AUTH token, the password for the Data API and the token of the merchants' API: no service of AWS generates one",
    },
    {
        type: "random:index/randomPassword:RandomPassword",
        property: "bcryptHash",
        reason: "the provider outputs a hash of each password that it generates",
    },
    {
        type: "aws:elasticache/replicationGroup:ReplicationGroup",
        property: "authToken",
        reason: "the AUTH token is an input of the cache",
    },
    {
        type: "aws:secretsmanager/secretVersion:SecretVersion",
        property: "secretString",
        reason: "services read the cache's AUTH token and that of the merchants' API, the Data API a password, and operators merchants' API keys, from Secrets Manager",
    },
    {
        type: "aws:apigateway/integration:Integration",
        property: "requestParameters",
        reason: "API Gateway sends its token to services as a static value of the integration",
    },
    {
        type: "aws:apigateway/apiKey:ApiKey",
        property: "value",
        reason: "API Gateway generates the key, and the provider reads it",
    },
    {
        type: "aws:apigateway/usagePlanKey:UsagePlanKey",
        property: "value",
        reason: "the provider reads the key with its usage plan",
    },
    ...["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"].map((property) => ({
        type: "tls:index/privateKey:PrivateKey",
        property,
        reason: "key of the self-signed certificate, which only a stack without a domain has",
    })),
    {
        type: "tls:index/selfSignedCert:SelfSignedCert",
        property: "privateKeyPem",
        reason: "signs the self-signed certificate",
    },
    {
        type: "aws:acm/certificate:Certificate",
        property: "privateKey",
        reason: "the private key of the self-signed certificate is an input of ACM",
    },
];
