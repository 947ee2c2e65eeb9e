import { accessListings, accessRows } from "./access.ts";
import { apiRows } from "./api.ts";
import { bucketRows } from "./buckets.ts";
import { computeRows } from "./compute.ts";
import { frontDoorRows } from "./front-door.ts";
import { messageRows } from "./messages.ts";
import { networkListings, networkRows } from "./network.ts";
import { observingRows } from "./observing.ts";
import type { Listing, Row } from "./row.ts";
import { scalingRows } from "./scaling.ts";
import { storeRows } from "./stores.ts";

/** Everything of the platform that can be read from a live account. */
export const rows: readonly Row[] = [
    ...networkRows,
    ...storeRows,
    ...bucketRows,
    ...accessRows,
    ...messageRows,
    ...computeRows,
    ...scalingRows,
    ...frontDoorRows,
    ...apiRows,
    ...observingRows,
];

export const listings: readonly Listing[] = [...networkListings, ...accessListings];
