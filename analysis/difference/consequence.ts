/** What only a person may accept of an update. */
export const consequenceKinds = ["replace", "delete", "rights", "path", "protection"] as const;

export type ConsequenceKind = (typeof consequenceKinds)[number];

export interface Consequence {
    readonly kind: ConsequenceKind;
    /** Logical name, such as `payment-database-prod`; of a path: the resource that it leads to. */
    readonly resource: string;
    /** One line, for a person. */
    readonly text: string;
    readonly losesData: boolean;
}
