/*****************************************************************************
 * recon.c: pixels and motion of reconstructed pictures, held only while they are of use
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

/* The decoder's buffer keeps pictures by rules of the stream, longer than this encoder looks at them: with one reference
 * and B pictures it holds four, and one more is being coded. Of those an encoder with one reference needs the pictures on
 * either side of the one that it codes, and a B picture between them; and a picture that none refers to needs its own
 * plane only, not the three of half pixels. So a frame is without pixels and motion until it is coded, and is lent one of
 * the sets of them that others do not need any more: three whole ones and a small one are enough, instead of five whole
 * ones. The frames themselves, the order of their lists and the stream are as they were. */

#include "common.h"
#include "recon.h"

/* What the assembly may read outside of a plane's padding, in bytes, at either end. */
#define MARGIN 1024

void x264_recon_init( x264_t *h )
{
    const x264_param_t *p = &h->param;
    int csp = p->i_csp & X264_CSP_MASK;
    h->frames.b_recon_lent = p->b_lend_recon && p->i_threads == 1 && !p->b_sliced_threads && !p->b_interlaced && !p->b_fake_interlaced
        && p->i_frame_reference == 1 && p->i_bframe > 0 && p->i_keyint_max > 1 && !p->b_intra_refresh && !p->b_bluray_compat
        && !p->rc.b_stat_read && p->i_frame_packing != 5 && csp >= X264_CSP_I420 && csp < X264_CSP_I422
        && p->analyse.i_subpel_refine && p->analyse.i_me_method < X264_ME_ESA && !p->analyse.b_mb_info;
}

/* A plane's size in bytes, off multiples of 1024, with which the same places of several planes would share lines of cache. */
static int64_t plane_size( x264_frame_t *frame, int p )
{
    int64_t size = (int64_t)frame->i_stride[p] * (frame->i_lines[p] + (2*PADV >> !!p)) * SIZEOF_PIXEL;
    return size & 1023 ? size : size + X264_MAX( 128, NATIVE_ALIGN );
}

/* Lays a set of pixels and motion out from base, which may be 0, and returns its size in bytes. */
static int64_t lay_out( x264_t *h, x264_frame_t *frame, uintptr_t base, int b_hpel )
{
    uintptr_t at = base + MARGIN;
    int blocks = h->mb.i_mb_count;
#define PLACE( var, size ) do { var = (void*)at; at += ALIGN( size, NATIVE_ALIGN ); } while( 0 )
    for( int i = 0; i < (b_hpel ? 4 : 1); i++ )
    {
        PLACE( frame->filtered[0][i], plane_size( frame, 0 ) );
        frame->filtered[0][i] += frame->i_stride[0] * PADV + PADH_ALIGN;
    }
    frame->plane[0] = frame->filtered[0][0];
    PLACE( frame->plane[1], plane_size( frame, 1 ) );
    frame->plane[1] += frame->i_stride[1] * (PADV/2) + PADH_ALIGN;
    at += MARGIN;
    PLACE( frame->mb_type, blocks * sizeof(int8_t) );
    PLACE( frame->mb_partition, blocks * sizeof(uint8_t) );
    PLACE( frame->mv[0], 2*16 * blocks * sizeof(int16_t) );
    PLACE( frame->mv[1], 2*16 * blocks * sizeof(int16_t) );
    PLACE( frame->ref[0], 4 * blocks * sizeof(int8_t) );
    PLACE( frame->ref[1], 4 * blocks * sizeof(int8_t) );
    PLACE( frame->mv16x16, 2*(blocks+1) * sizeof(int16_t) );
    frame->mv16x16++;
#undef PLACE
    return at - base;
}

static void give_back( x264_t *h, x264_frame_t *frame )
{
    if( !frame->recon )
        return;
    uint8_t **spare = h->frames.recon_spare[frame->b_recon_hpel];
    while( *spare )
        spare++;
    *spare = frame->recon;
    frame->recon = NULL;
}

static int lend( x264_t *h, x264_frame_t *frame, int b_hpel )
{
    uint8_t **spare = h->frames.recon_spare[b_hpel];
    if( *spare )
    {
        while( spare[1] )
            spare++;
        frame->recon = *spare;
        *spare = NULL;
    }
    else
        CHECKED_MALLOC( frame->recon, lay_out( h, frame, 0, b_hpel ) );
    frame->b_recon_hpel = b_hpel;
    lay_out( h, frame, (uintptr_t)frame->recon, b_hpel );
    M32( frame->mv16x16[-1] ) = 0;
    return 0;
fail:
    return -1;
}

int x264_recon_begin( x264_t *h )
{
    if( !h->frames.b_recon_lent )
        return 0;

    /* Pictures from here on are shown after the last but one that is not a B picture, and none of them looks past it. */
    if( h->fenc->i_type == X264_TYPE_IDR )
        h->frames.i_poc_needed = h->frames.i_poc_nonb = h->fdec->i_poc;
    else if( !IS_X264_TYPE_B( h->fenc->i_type ) )
    {
        h->frames.i_poc_needed = h->frames.i_poc_nonb;
        h->frames.i_poc_nonb = h->fdec->i_poc;
    }
    for( int i = 0; h->frames.reference[i]; i++ )
        if( h->frames.reference[i]->i_poc < h->frames.i_poc_needed )
            give_back( h, h->frames.reference[i] );
    for( int i = 0; h->frames.unused[1][i]; i++ )
        give_back( h, h->frames.unused[1][i] );

    if( h->fdec->recon && h->fdec->b_recon_hpel == h->fdec->b_kept_as_ref )
        return 0;
    give_back( h, h->fdec );
    return lend( h, h->fdec, h->fdec->b_kept_as_ref );
}

void x264_recon_delete( x264_t *h )
{
    for( int i = 0; i < 2; i++ )
        for( uint8_t **spare = h->frames.recon_spare[i]; *spare; spare++ )
            x264_free( *spare );
}
