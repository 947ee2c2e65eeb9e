/** Why an image is not recorded, in one line for the operator. */
export class ImageError extends Error {
    override readonly name = "ImageProblem";
}
