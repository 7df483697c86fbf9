// Package nn runs convolutional networks with channel attention (Squeeze-and-Excitation and its
// kin) and explains what they looked at.
//
// Conventions, stated once:
//   - Everything is float32 and batch 1. A feature map is HWC: the value of channel c at row y,
//     column x is at (y*W+x)*stride+c.
//   - Inside a session the channel stride is rounded up to a multiple of 4 and a map may carry a
//     border of zeros for the convolution that reads it (see Tensor); the padding lanes are always
//     zero.
//   - A Model is read-only and shared; a Session holds the buffers of one run; a Trace is what one
//     run leaves behind, valid until the session's next Run.
//   - Layer names are PyTorch's parameter prefixes ("layer2.0", "se1"), so a name on the page is a
//     name in the state_dict.
package nn
