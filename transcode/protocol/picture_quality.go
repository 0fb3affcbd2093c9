package protocol

// PictureQuality is how far one distorted picture is from its reference.
type PictureQuality struct {
	// MSE is the mean squared error of a sample, as a share of the square of the largest sample value: 1 is white for
	// black, 0 no error. So it does not depend on the bit depth.
	MSE Planes `json:"mse"`
	// WSE is the same with XPSNR's weights: errors count less where the reference is busy or moves.
	WSE Planes `json:"wse"`
	// SSIM is the structural similarity, 1 for equal pictures.
	SSIM Planes `json:"ssim"`
}
