import { gatewayTokenName } from "../../lib/gateway/key-name.ts";
import { nameOf } from "../../lib/scope.ts";
import { tokensOf } from "../../plan/gateway-secret.ts";
import { getPath } from "../../plan/query.ts";
import { secretContent, stateResourcesOfType, type State } from "../../plan/state.ts";
import { storedSecret, type RotatedSecret } from "./rotated-secret.ts";

const passwordType = "random:index/randomPassword:RandomPassword";

/**
 * Time for requests with the former token: API Gateway waits at most 29 s for a service (`lib/time-limits.ts`), and sends the
 * former one until it has everywhere the deployment that the update has just made.
 */
const settlingMilliseconds = 120_000;

/**
 * The token by which services recognize the API. The first update stores the new one before the former one, and then deploys the
 * API that sends it; the second removes the former one from the secret.
 */
export function gatewayToken(suffix: string): RotatedSecret {
    const name = nameOf({ suffix }, "gateway-token");
    const passwordIn = ({ resources }: State, version: number) =>
        resources.find(
            ({ type, urn, delete: isDeleted }) =>
                type === passwordType &&
                isDeleted !== true &&
                urn.endsWith(`::${gatewayTokenName({ suffix }, version)}`),
        );
    return {
        noun: "the token of the merchants' API",
        setting: "gateway.token",
        read: ({ gateway }) => gateway.token,
        deployed: (state) => {
            const version = sentVersion(state);
            const tokens = tokensOf(storedSecret(state, name));
            if (version === undefined || tokens.length === 0) {
                return undefined;
            }
            // The secret has a new token before the API sends it.
            const sent = secretContent(passwordIn(state, version)?.outputs?.result);
            // Pulumi deletes last: an interrupted second update has removed the former token from the secret, but not deleted it.
            const hasFormer = tokens.length > 1 || passwordIn(state, version - 1) !== undefined;
            return { version, acceptPrevious: tokens[0] === sent && hasFormer };
        },
        accept: (state, { version, acceptPrevious }) =>
            !acceptPrevious && passwordIn(state, version - 1) !== undefined
                ? [`${gatewayTokenName({ suffix }, version - 1)}:delete`]
                : [],
        inUse: async ({ sleep, say }) => {
            say(`waiting ${settlingMilliseconds / 1000} s for requests that still have the former token`);
            await sleep(settlingMilliseconds);
            return undefined;
        },
    };
}

/** Version of the token that the deployed API sends; nothing where the state has no stage, or its deployment has no version. */
function sentVersion(state: State): number | undefined {
    const [stage] = stateResourcesOfType(state, "apigateway/stage:Stage");
    // Also one that an interrupted update has replaced and not deleted: the stage may still have it.
    const deployment = state.resources.find(
        ({ type, id }) => type === "aws:apigateway/deployment:Deployment" && id === stage?.outputs?.deployment,
    );
    const version = getPath(deployment?.inputs ?? {}, "triggers.tokenVersion");
    return version === undefined ? undefined : Number(version);
}
