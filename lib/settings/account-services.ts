import { z } from "zod";

const accountServiceChoice = z.enum(["create", "adopt", "skip"]).default("skip");

/** AWS has one of each in an account and region: two stacks that both make it would fight. */
export const accountServices = z.strictObject({
    apiGatewayRole: accountServiceChoice.describe(
        "Role with which API Gateway writes logs. `skip`: the API writes none.",
    ),
    guardDuty: accountServiceChoice.describe(
        "Threat detection with the plans that PCI DSS asks for. Unless `skip`, tasks may pull the image of its agent, which reports through an endpoint more.",
    ),
    config: accountServiceChoice.describe("Recorder of configuration and the rules for our resources."),
    securityHub: accountServiceChoice.describe("Findings, with the PCI DSS standard."),
});
