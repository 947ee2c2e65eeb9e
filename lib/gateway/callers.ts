import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { GatewaySecret } from "../../contract/gateway.ts";
import type { Scope } from "../scope.ts";
import { createSecret } from "../secret.ts";
import type { Rotation } from "../settings/rotation.ts";
import { sortedKeys } from "../sorted-keys.ts";
import { gatewayTokenName } from "./key-name.ts";

export interface CallersArgs {
    readonly scope: Scope;
    readonly rotation: Rotation;
    /** By merchant: IDs of its API keys. */
    readonly keyIds: Readonly<Record<string, readonly pulumi.Output<string>[]>>;
    readonly keyArn: pulumi.Input<string>;
}

/**
 * The secret by which services recognize a request of the API, and its merchant. A service that does not know a token reads the
 * secret again, so a rotation stores the new token before the API sends it, and keeps the one before until the next update.
 */
export class Callers extends pulumi.ComponentResource {
    /** ARN of the secret, which has its value. */
    public readonly secretArn: pulumi.Output<string>;
    /** The token that the API sends. Resolves once the secret has it, so that no service can get a token that it refuses. */
    public readonly token: pulumi.Output<string>;

    constructor(
        name: string,
        { scope, rotation, keyIds, keyArn }: CallersArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("payment:index:Callers", name, {}, opts);
        const inside = { parent: this };
        // Letters and digits only: the static value of a mapping is in single quotes. Services refuse less than 32 characters.
        const tokenOf = (version: number) =>
            new random.RandomPassword(gatewayTokenName(scope, version), { length: 64, special: false }, inside).result;
        const current = tokenOf(rotation.version);
        const tokens = rotation.acceptPrevious ? [current, tokenOf(rotation.version - 1)] : [current];

        const merchants = Object.entries(keyIds).flatMap(([merchant, ids]) =>
            ids.map((keyId) => keyId.apply((id): [string, string] => [id, merchant])),
        );
        this.secretArn = createSecret(
            name,
            {
                scope,
                description: "Token of the merchants' API, and the merchants by the IDs of their API keys",
                keyArn,
                value: pulumi
                    .all([pulumi.all(tokens), pulumi.all(merchants)])
                    .apply(([accepted, entries]) => secretText(accepted, entries)),
            },
            inside,
        );
        this.token = pulumi.all([current, this.secretArn]).apply(([token]) => token);
        this.registerOutputs({ secretArn: this.secretArn });
    }
}

function secretText(tokens: string[], merchants: [string, string][]): string {
    const secret: GatewaySecret = { tokens, merchants: Object.fromEntries(merchants) };
    return JSON.stringify(secret, sortedKeys);
}
