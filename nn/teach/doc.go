// Package teach learns a network's last layer anew, for classes of a person's own: a softmax
// regression on the vector that the network's last Linear reads. The rest of the network stays as
// it is, so a taught network is an ordinary one, and everything that explains an answer holds for
// it.
//
// Conventions, stated once:
//   - An example is a picture and its mirror image, each with the vector in front of the head
//     (nn.Trace.HeadInput). Both count half.
//   - A burst is one recording of a camera: its frames are neighbours. Whatever is measured is
//     measured on bursts that took no part in the learning.
//   - Rows of numbers are row-major, (rows, columns), as everywhere in this project.
package teach
