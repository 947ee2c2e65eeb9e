/** A page of the docs that says why a component is as it is. */
export interface DocsPage {
    /** File and section, in the folder `docs`. */
    readonly page: string;
    readonly title: string;
}

const reachability: DocsPage = { page: "reachability.md", title: "Network paths" };
const access: DocsPage = { page: "access.md", title: "Access" };
const validator: DocsPage = { page: "validator.md", title: "Validator" };
const runbook: DocsPage = { page: "runbook.md", title: "Runbook" };
const containers: DocsPage = { page: "containers.md", title: "Containers" };

/** By type of the component directly under the platform. */
const pages: Readonly<Record<string, readonly DocsPage[]>> = {
    AccountServices: [{ page: "account-services.md", title: "Account services" }],
    Alerts: [runbook],
    Audit: [{ page: "controls.md", title: "Controls" }, validator],
    Cache: [{ page: "rotation.md", title: "Rotation of the token" }],
    Compute: [containers, { page: "images.md", title: "Images" }, { page: "simulation.md", title: "Scaling" }],
    Database: [{ page: "recovery.md", title: "Recovery" }, access],
    Edge: [reachability],
    Encryption: [access],
    Gateway: [{ page: "merchants.md", title: "API for merchants" }],
    GatewayEndpoint: [reachability],
    InterfaceEndpoints: [reachability],
    Messaging: [{ page: "operations.md", title: "Dead letters" }],
    Monitoring: [runbook],
    Network: [reachability],
    Recovery: [{ page: "drills.md", title: "Drills" }],
    SecurityGroups: [reachability],
    Transactions: [validator, { page: "recovery.md", title: "Recovery" }],
    Validation: [validator],
};

const design: DocsPage = { page: "design.md", title: "Decisions" };

/** The decisions concern every component. */
export const docsOfComponent = (component: string): readonly DocsPage[] => [...(pages[component] ?? []), design];
