/** Consequences of an update that a person must accept. */
export const consequenceKinds = ["replace", "delete", "create", "rights", "path", "protection"] as const;

export type ConsequenceKind = (typeof consequenceKinds)[number];

export interface Consequence {
    readonly kind: ConsequenceKind;
    /** Logical name, such as `payment-database-prod`; for a network path the name of its target. */
    readonly resource: string;
    /** One line for the reader. */
    readonly text: string;
    readonly losesData: boolean;
}
