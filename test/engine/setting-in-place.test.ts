import { expect } from "@jest/globals";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";
import { stepText, applyAndRevert } from "./support/settings.ts";

const project = Project.shared();

scenario("a rate limit changes in place, in both web firewalls and nowhere else", 20, async () => {
    const { there, back } = await applyAndRevert(project, [{ path: ["waf", "requestsPer5Minutes"], value: 3000 }]);
    const updated = ["update WebAcl payment-firewall-dev", "update WebAcl payment-gateway-firewall-dev"];
    expect(there.map(stepText).sort()).toEqual(updated);
    expect(back.map(stepText).sort()).toEqual(updated);
    expect(there.flatMap(({ changedInputs }) => changedInputs)).toContain(
        "rules[4].statement.rateBasedStatement.limit",
    );
});
