/*****************************************************************************
 * share.c: what an encoder's look-ahead tells those that follow it
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

#include "base.h"
#include "share.h"
#include <pthread.h>

#define SHARES_MAX 64

typedef struct
{
    int b_open;
    int i_decided; /* pictures 0 to i_decided-1 are all there */
    int i_size;
    x264_share_picture_t **pictures;
} share_t;

/* Parameters of encoders are text, so that what is shared has a number, and not an address. */
static share_t shares[SHARES_MAX];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static share_t *find( int id )
{
    return id > 0 && id <= SHARES_MAX && shares[id-1].b_open ? &shares[id-1] : NULL;
}

int x264_share_open( void )
{
    int id = -1;
    pthread_mutex_lock( &mutex );
    for( int i = 0; i < SHARES_MAX && id < 0; i++ )
        if( !shares[i].b_open )
        {
            shares[i].b_open = 1;
            id = i + 1;
        }
    pthread_mutex_unlock( &mutex );
    return id;
}

void x264_share_close( int id )
{
    pthread_mutex_lock( &mutex );
    share_t *s = find( id );
    if( s )
    {
        for( int i = 0; i < s->i_size; i++ )
            x264_free( s->pictures[i] );
        x264_free( s->pictures );
        memset( s, 0, sizeof(*s) );
    }
    pthread_mutex_unlock( &mutex );
}

int x264_share_pictures( int id )
{
    pthread_mutex_lock( &mutex );
    share_t *s = find( id );
    int n = s ? s->i_decided : 0;
    pthread_mutex_unlock( &mutex );
    return n;
}

static int grow( share_t *s, int number )
{
    if( number < s->i_size )
        return 0;
    int size = X264_MAX( 2 * s->i_size, number + 64 );
    x264_share_picture_t **pictures = x264_malloc( size * sizeof(*pictures) );
    if( !pictures )
        return -1;
    memset( pictures, 0, size * sizeof(*pictures) );
    if( s->i_size )
        memcpy( pictures, s->pictures, s->i_size * sizeof(*pictures) );
    x264_free( s->pictures );
    s->pictures = pictures;
    s->i_size = size;
    return 0;
}

int x264_share_add( int id, int number, x264_share_picture_t *picture )
{
    pthread_mutex_lock( &mutex );
    share_t *s = find( id );
    int ret = !s || number < 0 || grow( s, number ) || s->pictures[number] ? -1 : 0;
    if( !ret )
    {
        s->pictures[number] = picture;
        while( s->i_decided < s->i_size && s->pictures[s->i_decided] )
            s->i_decided++;
    }
    pthread_mutex_unlock( &mutex );
    if( ret )
        x264_free( picture );
    return ret;
}

const x264_share_picture_t *x264_share_get( int id, int number )
{
    pthread_mutex_lock( &mutex );
    share_t *s = find( id );
    const x264_share_picture_t *picture = s && number >= 0 && number < s->i_size ? s->pictures[number] : NULL;
    pthread_mutex_unlock( &mutex );
    return picture;
}

x264_share_picture_t *x264_share_picture_new( int i_mb_width, int i_mb_height, int i_planned )
{
    size_t blocks = (size_t)i_mb_width * i_mb_height;
    size_t vectors = blocks * sizeof(int16_t[2]);
    size_t size = sizeof(x264_share_picture_t) + i_planned * (sizeof(double) + sizeof(int) + 1) + 2 * vectors + 3 * blocks * sizeof(int16_t);
    x264_share_picture_t *p = x264_malloc( size );
    if( !p )
        return NULL;
    memset( p, 0, size );
    p->i_mb_width = i_mb_width;
    p->i_mb_height = i_mb_height;
    p->i_planned = i_planned;
    /* the largest alignment first */
    p->planned_duration = (double*)(p + 1);
    p->planned_satd = (int*)(p->planned_duration + i_planned);
    p->mv[0] = (int16_t(*)[2])(p->planned_satd + i_planned);
    p->mv[1] = p->mv[0] + blocks;
    p->tree = (int16_t*)(p->mv[1] + blocks);
    p->intra = (uint16_t*)(p->tree + blocks);
    p->inter = p->intra + blocks;
    p->planned_type = (uint8_t*)(p->inter + blocks);
    return p;
}
