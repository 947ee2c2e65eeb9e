import { requirements as planRequirements } from "../../checks/controls/requirements.ts";

/** Requirements of PCI DSS v4.0.1 that no plan can show, in our own words: what people did, and when. */
const operatingRequirements: Readonly<Record<string, string>> = {
    "PCI-6.5.1": "Changes of production follow a procedure, with reason, approval, test and rollback",
    "PCI-7.2.4": "Access of people is reviewed every six months",
    "PCI-7.2.5.1": "Access of application and system accounts is reviewed periodically",
    "PCI-10.2.1.2": "Audit logs record all actions with administrative access",
    "PCI-10.2.1.6": "Audit logs record each start, stop and pause of the audit logs",
    "PCI-10.7.3": "Failures of critical security controls are responded to promptly",
    "PCI-12.10.2": "The incident response plan is tested every twelve months",
};

/** Title of a requirement. @throws Error for one that neither list has */
export function requirementTitle(id: string): string {
    const title = operatingRequirements[id] ?? planRequirements[id]?.title;
    if (title === undefined) {
        throw new Error(`no requirement ${id} in checks/controls/requirements.ts or tools/evidence/requirements.ts`);
    }
    return title;
}
