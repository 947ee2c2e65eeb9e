import { z } from "zod";

const accountServiceChoice = z.enum(["create", "adopt", "skip"]).default("skip");

/** AWS allows one of each per account and region: two stacks that create it would overwrite each other. */
export const accountServices = z.strictObject({
    apiGatewayRole: accountServiceChoice.describe(
        "Role with which API Gateway writes logs. `skip`: the API writes no logs.",
    ),
    guardDuty: accountServiceChoice.describe(
        "Threat detection with the protection plans that PCI DSS requires. Unless `skip`, tasks may pull the image of its agent, and the VPC has an endpoint for it.",
    ),
    config: accountServiceChoice.describe(
        "AWS Config: the configuration recorder, and rules for the platform's resources.",
    ),
    securityHub: accountServiceChoice.describe("Security Hub with the PCI DSS standard."),
});
