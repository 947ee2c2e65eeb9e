import { expect } from "@jest/globals";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";
import { brief, thereAndBack } from "./support/settings.ts";

const project = Project.shared();

scenario("a limit of the firewall changes in place, in both firewalls and nowhere else", 20, async () => {
    const { there, back } = await thereAndBack(project, [{ path: ["waf", "requestsPer5Minutes"], value: 3000 }]);
    const updated = ["update WebAcl payment-firewall-dev", "update WebAcl payment-gateway-firewall-dev"];
    expect(there.map(brief).sort()).toEqual(updated);
    expect(back.map(brief).sort()).toEqual(updated);
    expect(there.flatMap(({ changed }) => changed)).toContain("rules[4].statement.rateBasedStatement.limit");
});
