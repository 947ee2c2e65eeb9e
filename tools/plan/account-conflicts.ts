import { z } from "zod";
import { namespace, regionKey } from "../../lib/settings/problem.ts";
import { PlanError } from "./plan-error.ts";
import { readStack, stacksOf } from "./stack-file.ts";

/** What a stack makes of which AWS has one in an account and region. */
export interface Claim {
    readonly stack: string;
    readonly account: string | undefined;
    readonly region: string | undefined;
    readonly creates: readonly string[];
}

/**
 * What a stack may not make, because another one's file says that it makes it in the same account and region. Where one of
 * them does not say its account, nothing is known.
 */
export function conflictsOf(claim: Claim, others: readonly Claim[]): string[] {
    const { stack, account, region } = claim;
    return others
        .filter((other) => other.stack !== stack && account !== undefined && other.account === account)
        .filter((other) => other.region === region)
        .flatMap((other) =>
            claim.creates
                .filter((service) => other.creates.includes(service))
                .map(
                    (service) =>
                        `${namespace}accountServices.${service} must be "create" in one stack of an account and region, ` +
                        `and ${stack} and ${other.stack} both create it in ${account}, ${region}: let one of them "adopt" it`,
                ),
        );
}

/** As `conflictsOf`, from the files of a project. */
export function accountConflicts(root: string, stack: string, config: Readonly<Record<string, string>>): string[] {
    const claim = claimOf(stack, config);
    // Other files are read only if they can matter: each costs a millisecond.
    return claim.account === undefined || claim.creates.length === 0
        ? []
        : conflictsOf(
              claim,
              stacksOf(root)
                  .filter((other) => other !== stack)
                  .flatMap((other) => claimIn(root, other)),
          );
}

/** A file that cannot be read is the problem of its own stack. */
function claimIn(root: string, stack: string): Claim[] {
    try {
        return [claimOf(stack, readStack(root, stack).config)];
    } catch (error) {
        if (error instanceof PlanError) {
            return [];
        }
        throw error;
    }
}

/** Structured settings travel as JSON in strings. */
const structured = z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.record(z.string(), z.unknown()));

function claimOf(stack: string, config: Readonly<Record<string, string>>): Claim {
    // What is no JSON, and so no map, is refused where the stack's settings are read.
    const given = config[`${namespace}accountServices`] ?? "{}";
    const services = given.startsWith("{") ? structured.parse(given) : {};
    return {
        stack,
        account: config[`${namespace}accountId`],
        region: config[regionKey],
        creates: Object.keys(services).filter((service) => services[service] === "create"),
    };
}
