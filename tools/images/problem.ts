/** Why an image is not recorded, in one line for the operator. */
export class ImageProblem extends Error {
    override readonly name = "ImageProblem";
}
