import type { PlatformSettings } from "../../../lib/settings.ts";
import { cacheToken } from "../../rotate/cache-token.ts";
import { gatewayToken } from "../../rotate/gateway-token.ts";
import { merchantKey } from "../../rotate/merchant-key.ts";
import type { RotatedSecret } from "../../rotate/rotated-secret.ts";
import { nextRotation, settingText } from "../../rotate/stack-settings.ts";
import type { PreflightCheck } from "./check.ts";

const rotatedSecrets = ({ environmentSuffix, gateway }: PlatformSettings): RotatedSecret[] => [
    cacheToken(environmentSuffix),
    gatewayToken(environmentSuffix),
    ...Object.keys(gateway.merchants).map((merchant) => merchantKey(environmentSuffix, merchant)),
];

/**
 * The version that is in use must stay valid during an update, or requests are refused until its last resource is updated.
 * `npm run rotate` keeps to this; a setting that a person wrote, or a commit that was reverted, may not.
 */
export const rotationCheck: PreflightCheck = {
    name: "rotations",
    iamActions: [],
    run: (_, { settings, state }) =>
        Promise.resolve(
            rotatedSecrets(settings).flatMap((secret) => {
                const planned = secret.read(settings);
                const deployed = secret.deployed(state);
                const valid = planned.acceptPrevious ? [planned.version, planned.version - 1] : [planned.version];
                if (deployed === undefined || valid.includes(deployed.version)) {
                    return [];
                }
                const possible = planned.version > deployed.version ? nextRotation(deployed) : deployed;
                return `${settingText(secret, planned)} removes version ${deployed.version}, which is in use: set ${settingText(secret, possible)} (docs/rotation.md)`;
            }),
        ),
};
