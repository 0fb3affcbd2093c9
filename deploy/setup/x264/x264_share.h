/*****************************************************************************
 * x264_share.h: one look-ahead for several encoders of the same pictures
 *****************************************************************************
 * Copyright (C) 2026 the Rung authors
 *
 * This program is free software; you can redistribute it and/or modify
 * it under the terms of the GNU General Public License as published by
 * the Free Software Foundation; either version 2 of the License, or
 * (at your option) any later version.
 *
 * This program is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
 * GNU General Public License for more details.
 *
 * You should have received a copy of the GNU General Public License
 * along with this program; if not, see <https://www.gnu.org/licenses/>.
 *****************************************************************************/

#ifndef X264_SHARE_H
#define X264_SHARE_H

#ifdef __cplusplus
extern "C" {
#endif

/* Encoders that are given the same pictures at several sizes can share what the look-ahead of one of them finds: picture
 * types, the macroblock tree's QP offsets, costs for VBV, motion vectors, and weights. The one that leads is opened with
 * the parameter "share-lead=ID", those that follow with "share-follow=ID". All need the same frame rate, keyint, bframes
 * and b-pyramid, macroblock trees, one thread, progressive pictures, and no passes.
 *
 * One that follows must not be given its picture number n (or the end) before x264_share_pictures() is above n, else
 * x264_encoder_encode() fails. It has no look-ahead of its own, and so delays pictures only by the B pictures. */

/* x264_share_open: makes what is to be shared, and returns its ID, above 0; -1 if there are too many. */
int x264_share_open( void );
/* x264_share_pictures: how many pictures, in the order that they are shown, the leading encoder has decided upon. */
int x264_share_pictures( int id );
/* x264_share_close: frees it, after every encoder that was opened with this ID is closed. */
void x264_share_close( int id );

#ifdef __cplusplus
}
#endif

#endif
