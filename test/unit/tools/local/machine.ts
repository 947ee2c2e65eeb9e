import type { Machine } from "../../../../tools/local/machine/machine.ts";

/** A machine that does not run. */
export const machine: Machine = {
    region: "us-east-1",
    directory: "/local",
    authorityFile: "/local/authority.pem",
    secretsFile: "/local/secrets.json",
    databasePort: 5001,
    databaseName: "payments",
    master: { user: "payment_admin", password: "password-of-the-master" },
    passwords: {},
    cachePort: 5002,
    cachePid: 0,
    cacheSecretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:cache",
    databaseSecretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:database",
    gatewaySecretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:gateway",
    acquirerSecretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:acquirer",
    keyFile: "/local/server-key.pem",
    cacheConfigFile: "/local/cache.conf",
    databaseDirectory: "/local/postgres",
    awsEndpoint: "http://127.0.0.1:5003",
    isDeployed: false,
};
