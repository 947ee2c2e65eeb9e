import { CreateServiceLinkedRoleCommand } from "@aws-sdk/client-iam";
import { plannedTypes } from "../../analysis/deployer/policies.ts";
import { catalogue } from "../../plan/catalogue/catalogue.ts";
import type { Plan } from "../../plan/plan.ts";
import { stateResourcesOfType, type State } from "../../plan/state.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { firstLineOfError } from "../frame/exit.ts";

/**
 * Services, such as `rds.amazonaws.com`, that act through a service-linked role for a planned type of which the state has no
 * resource yet: those whose rows in `plan/catalogue/` grant the deployer to create the role.
 */
export const servicesWithLinkedRoles = (plan: Plan, state: State): string[] => [
    ...new Set(
        plannedTypes(plan)
            .filter((type) => stateResourcesOfType(state, type).length === 0)
            .flatMap((type) => catalogue[type]?.grants ?? [])
            .filter(({ actions }) => actions.includes("iam:CreateServiceLinkedRole"))
            .flatMap(({ scope }) => scope.conditions?.StringEquals?.["iam:AWSServiceName"] ?? []),
    ),
];

/**
 * Creates the service-linked roles that the account does not have. A new account has none, and the first cluster or cache can
 * fail because the role that its service creates on the way is not usable yet. They belong to the account, so no stack has
 * them as resources.
 *
 * @returns a line for each role that was created or that could not be
 */
export async function createServiceLinkedRoles(
    { iam }: Pick<AwsClients, "iam">,
    plan: Plan,
    state: State,
): Promise<string[]> {
    const lines: string[] = [];
    for (const AWSServiceName of servicesWithLinkedRoles(plan, state)) {
        try {
            await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName }));
            lines.push(`created the service-linked role of ${AWSServiceName}, which the account did not have`);
        } catch (error) {
            if (!isExistingRole(error)) {
                lines.push(
                    `warning: no service-linked role was created for ${AWSServiceName}: ${firstLineOfError(error)}`,
                );
            }
        }
    }
    return lines;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html: `InvalidInput`, with this text. */
const isExistingRole = (error: unknown): boolean =>
    error instanceof Error &&
    (error.name.startsWith("EntityAlreadyExists") || error.message.includes("has been taken"));
