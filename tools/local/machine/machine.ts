/** Addresses and credentials of what runs on this machine in AWS's place. Nothing in it exists anywhere else. */
export interface Machine {
    readonly region: string;
    readonly directory: string;
    /** Certificate, in PEM, that PostgreSQL and Redis have and that clients trust. */
    readonly authorityFile: string;
    /** Values of secrets by ARN, as JSON; read at each use, so that a test can change one. */
    readonly secretsFile: string;
    readonly databasePort: number;
    readonly databaseName: string;
    readonly master: { readonly user: string; readonly password: string };
    /** By database user. */
    readonly passwords: Readonly<Record<string, string>>;
    readonly cachePort: number;
    readonly cachePid: number;
    readonly cacheSecretArn: string;
    readonly databaseSecretArn: string;
    readonly gatewaySecretArn: string;
    /** Of the credential for an acquirer that a test starts; the services of `npm run local` have no acquirer. */
    readonly acquirerSecretArn: string;
    /** Private key, in PEM, of the certificate in `authorityFile`. */
    readonly keyFile: string;
    /** Configuration with which Redis was started. */
    readonly cacheConfigFile: string;
    readonly databaseDirectory: string;
    /** Of SQS and SNS. */
    readonly awsEndpoint: string;
    /**
     * Whether SQS, SNS and Secrets Manager are those of a stack that is deployed before an emulator: then its URLs and ARNs are not
     * replaced, and the secrets above are not used.
     */
    readonly isDeployed: boolean;
}

/** The account of every ARN and URL on this machine: the emulator's. */
export const localAccount = "000000000000";
