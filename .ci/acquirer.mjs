// Lets a stack be accepted with an acquirer: `acquirer.mjs <folder> <stack>` writes one for the payment service into the stack's file in a
// copy of the project, with the NAT gateways that lead to it. So the secret for its credential, the reconciliation with its schedule and
// the paths of both are applied. Nothing calls the address.
import { writeFileSync } from "node:fs";
import { stringifyPulumiYaml } from "../plan/pulumi-yaml.ts";
import { readStackDocument, settingPath, stackFilePath } from "../plan/stack-file.ts";

const [root, stack] = process.argv.slice(2);
const document = readStackDocument(root, stack);
const settings = {
    "network.egress": "nat",
    // The guardrails of PCI DSS require one in each zone.
    "network.natGateways": "per-az",
    "services.payment.acquirer": document.createNode({ url: "https://api.acquirer.example/v1" }),
};
for (const [setting, value] of Object.entries(settings)) {
    document.setIn(settingPath(document, setting), value);
}
writeFileSync(stackFilePath(root, stack), stringifyPulumiYaml(document));
